use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jwtrail_actix::{ClientCertificate, Dpop};
use jwtrail_event::{Reason, SecretToken, Trust};
use jwtrail_forge::Forge;
use serde_json::json;

use super::{ORIGIN, UP_TO_CLAIMS, Visit, steps, taking};
use crate::client::Call;
use crate::server::{Service, Setup, find};

fn bound(forge: &Forge) -> SecretToken {
    let cnf = json!({ "x5t#S256": forge.client_certificate_thumbprint() });
    forge.token().claim("cnf", cnf).sign()
}

fn header(certificate: &[u8]) -> String {
    format!(":{}:", STANDARD.encode(certificate))
}

#[actix_web::test]
async fn the_token_is_good_with_its_certificate_and_no_other() {
    let forge = Forge::new(jwtrail_event::Timestamp::from_seconds(0));
    let own = ClientCertificate::from_der(forge.client_certificate());
    let other = ClientCertificate::from_der(b"another certificate");
    for (certificate, status) in [(Some(own), 200), (Some(other), 401), (None, 401)] {
        let service = Service::start(&Setup {
            certificate,
            ..Setup::default()
        });
        let mut visit = Visit::default();
        let token = bound(&service.forge);
        let call = Call::get("/orders/7").bearer(&token).id("bound");
        assert_eq!(visit.call(&service, call, &[&token]).await, status);
        // Nobody believes a client about its own certificate.
        let call = Call::get("/orders/7").bearer(&token);
        let call = call.header("client-cert", header(service.forge.client_certificate()));
        assert_eq!(visit.call(&service, call, &[]).await, status);
        let recorded = visit.end(service).await;
        let records = recorded.complies(2);
        let record = find(&records, "bound");
        if status == 200 {
            assert_eq!(
                steps(record),
                format!("{UP_TO_CLAIMS} binding:ok revocation:ok")
            );
        } else {
            assert_eq!(record.reason, Some(Reason::ProofInvalid));
            assert_eq!(record.trust, Trust::Signed);
        }
    }
}

#[actix_web::test]
async fn a_trusted_proxy_says_which_certificate_its_client_has() {
    // The proxy shows a certificate of its own, which is not the client's.
    let proxys = ClientCertificate::from_der(b"the proxy's own certificate");
    let behind = Setup {
        certificate: Some(proxys),
        ..taking(|options| {
            options
                .client_certificates_from_proxies()
                .trusted_proxies(["127.0.0.0/8".parse().unwrap()])
        })
    };
    let service = Service::start(&behind);
    let mut visit = Visit::default();
    let token = bound(&service.forge);
    let of_proxy = json!({ "x5t#S256": proxys.thumbprint().to_string() });
    let of_proxy = service.forge.token().claim("cnf", of_proxy).sign();
    let own = header(service.forge.client_certificate());
    let other = header(b"another certificate");
    for (token, headers, status) in [
        (&token, &[&own][..], 200),
        (&token, &[&other], 401),
        (&token, &[], 401),
        (&token, &[&own, &own], 401),
        (&of_proxy, &[], 401),
    ] {
        let mut call = Call::get("/orders/7").bearer(token);
        for value in headers {
            call = call.header("client-cert", value);
        }
        assert_eq!(
            visit.call(&service, call, &[token]).await,
            status,
            "{headers:?}"
        );
    }
    visit.end(service).await.complies(5);
}

#[actix_web::test]
async fn a_token_bound_to_both_needs_both() {
    let setup = |certificate| Setup {
        certificate,
        ..taking(|options| options.dpop(Dpop::at(ORIGIN)))
    };
    let forge = Forge::new(jwtrail_event::Timestamp::from_seconds(0));
    let own = ClientCertificate::from_der(forge.client_certificate());
    for (certificate, proven, status) in [
        (Some(own), true, 200),
        (Some(own), false, 401),
        (None, true, 401),
    ] {
        let service = Service::start(&setup(certificate));
        let mut visit = Visit::default();
        let jkt = jwtrail_verify::Thumbprint::of_jwk(service.forge.client_jwk()).unwrap();
        let cnf = json!({
            "jkt": jkt.to_string(),
            "x5t#S256": service.forge.client_certificate_thumbprint(),
        });
        let token = service.forge.token().claim("cnf", cnf).sign();
        let proof = service.forge.proof(&token).sign();
        let call = match proven {
            true => Call::get("/orders/7").dpop(&token, &proof),
            false => Call::get("/orders/7").bearer(&token),
        };
        assert_eq!(visit.call(&service, call, &[&token, &proof]).await, status);
        visit.end(service).await.complies(1);
    }
}
