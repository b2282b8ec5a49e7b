//! Certificates that clients show in a handshake.

use std::any::Any;
use std::sync::Arc;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::Extensions;
use jwtrail_actix::ClientCertificate;
use jwtrail_event::{Reason, SecretToken};
use jwtrail_forge::Forge;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::{ClientConfig, ServerConfig};

use super::tls::{AnyCertificate, provider};
use super::{UP_TO_CLAIMS, Visit, steps};
use crate::client::{Answer, Call};
use crate::server::{Service, Setup, find};

/// What a service that ends TLS does, as the documentation of `ClientCertificate` shows it.
pub(crate) fn note_certificate(io: &dyn Any, data: &mut Extensions) {
    let Some(stream) = io.downcast_ref::<TlsStream<TcpStream>>() else {
        return;
    };
    let (_, connection) = stream.get_ref();
    if let Some([certificate, ..]) = connection.peer_certificates() {
        data.insert(ClientCertificate::from_der(certificate));
    }
}

#[actix_web::test]
async fn a_bound_token_needs_the_handshake_of_its_client() {
    let service = Service::start(&Setup {
        tls: Some(server()),
        ..Setup::default()
    });
    let mut visit = Visit::default();
    let forge = &service.forge;
    let token = bound(forge);
    let own = (forge.client_certificate(), forge.client_certificate_key());
    let other = (
        forge.stranger_certificate(),
        forge.stranger_certificate_key(),
    );
    for (id, shown, status) in [
        ("own", Some(own), 200),
        ("other", Some(other), 401),
        ("none", None, 401),
    ] {
        let call = Call::get("/orders/7").bearer(&token).id(id);
        let answer = send(&service, call, shown).await.unwrap();
        assert_eq!(answer.status(), status, "{id}");
        visit.answers.push(answer);
    }
    // A token that is bound to nothing needs no certificate.
    let free = forge.token().sign();
    let call = Call::get("/orders/7").bearer(&free).id("free");
    let answer = send(&service, call, None).await.unwrap();
    assert_eq!(answer.status(), 200);
    visit.answers.push(answer);

    visit.tokens = vec![token, free];
    let recorded = visit.end(service).await;
    let records = recorded.complies(4);
    let good = find(&records, "own");
    assert_eq!(
        steps(good),
        format!("{UP_TO_CLAIMS} binding:ok revocation:ok")
    );
    for id in ["other", "none"] {
        assert_eq!(find(&records, id).reason, Some(Reason::ProofInvalid));
    }
}

/// A certificate is public: what counts is its key.
#[actix_web::test]
async fn whoever_shows_the_certificate_without_its_key_gets_no_answer() {
    let service = Service::start(&Setup {
        tls: Some(server()),
        ..Setup::default()
    });
    let forge = &service.forge;
    let token = bound(forge);
    let stolen = (forge.client_certificate(), forge.stranger_certificate_key());
    let call = Call::get("/orders/7").bearer(&token);
    let answer = send(&service, call, Some(stolen)).await;
    assert!(answer.is_none_or(|answer| answer.raw.is_empty()));
    let recorded = service.finish().await.sent(&[token]);
    recorded.complies(0);
}

fn bound(forge: &Forge) -> SecretToken {
    let cnf = json!({ "x5t#S256": forge.client_certificate_thumbprint() });
    forge.token().claim("cnf", cnf).sign()
}

/// Sends it over TLS with a certificate and a key, if any. The server may end the connection
/// while the handshake is going on, or after its client thinks that it is done.
async fn send(
    service: &Service,
    call: Call,
    shown: Option<(&'static [u8], &'static [u8])>,
) -> Option<Answer> {
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate));
    let config = match shown {
        Some((certificate, key)) => {
            let key = SingleCertAndKey::from(pair(certificate, key));
            config.with_client_cert_resolver(Arc::new(key))
        }
        None => config.with_no_client_auth(),
    };
    let stream = TcpStream::connect(service.address).await.unwrap();
    let name = ServerName::try_from("orders.example").unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let mut stream = connector.connect(name, stream).await.ok()?;
    call.write_to(&mut stream).await.ok()?;
    Some(Answer::read(&mut stream).await)
}

fn server() -> ServerConfig {
    let forge = Forge::new(jwtrail_event::Timestamp::from_seconds(0));
    let (certificate, key) = (
        forge.stranger_certificate(),
        forge.stranger_certificate_key(),
    );
    let key = SingleCertAndKey::from(pair(certificate, key));
    ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(Arc::new(AnyCertificate))
        .with_cert_resolver(Arc::new(key))
}

/// Whether they belong together is nobody's question here.
fn pair(certificate: &'static [u8], key: &'static [u8]) -> CertifiedKey {
    let key = PrivateKeyDer::try_from(key).unwrap();
    let key = provider().key_provider.load_private_key(key).unwrap();
    CertifiedKey::new(vec![CertificateDer::from(certificate)], key)
}
