//! A forge for a service that was not made for the tests: it has one of its tokens, and its key
//! or not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jwtrail_event::{Outcome, SecretToken, Timestamp};
use jwtrail_forge::{
    Algorithm, Forge, Precondition, PublicKey, SigningKey, Unforgeable, UnusableSigningKey,
    catalogue, find,
};

use crate::support;

const NOW: Timestamp = Timestamp::MAX;

fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

/// The service: its keys are those of another forge.
fn service() -> Forge {
    Forge::new(now())
        .with_issuer("https://their.example")
        .with_audience("Their-API")
}

fn theirs(algorithm: Algorithm) -> SecretToken {
    service()
        .token()
        .algorithm(algorithm)
        .scope("a:read a:write")
        .sign()
}

fn pem(pkcs8: &[u8]) -> String {
    let body = STANDARD.encode(pkcs8);
    format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")
}

fn key(algorithm: Algorithm) -> SigningKey {
    let bytes = match algorithm {
        Algorithm::Rs256 => pem(include_bytes!("../../keys/service-rs256.pk8")).into_bytes(),
        Algorithm::Es256 => pem(include_bytes!("../../keys/service-es256.pk8")).into_bytes(),
        Algorithm::EdDsa => pem(include_bytes!("../../keys/service-eddsa.pk8")).into_bytes(),
        _ => service().hmac_secret().to_vec(),
    };
    SigningKey::read(&bytes, algorithm.as_str()).unwrap()
}

#[test]
fn with_the_key_bad_claims_are_truly_signed() {
    for algorithm in Algorithm::ALL.iter().copied() {
        let forge = Forge::like(&theirs(algorithm), Some(key(algorithm)), now()).unwrap();
        for id in [
            "CLM-01/hour-ago",
            "CLM-04/other",
            "CLM-06/refresh-token",
            "CLM-03/no-exp",
        ] {
            let presented = forge.try_present(find(id).unwrap()).unwrap();
            let token = &presented.tokens()[0];
            assert!(
                support::holds(&service(), token.expose()),
                "{algorithm} {id}"
            );
        }
        let claims = claims(&forge.token().sign());
        assert_eq!(claims["iss"], "https://their.example");
        assert_eq!(claims["scope"], "a:read a:write");
        assert_ne!(claims["jti"], self::claims(&theirs(algorithm))["jti"]);
    }
}

#[test]
fn without_the_key_nothing_holds_but_the_token_at_hand() {
    for algorithm in Algorithm::ALL.iter().copied() {
        let given = theirs(algorithm);
        let forge = Forge::like(&given, None, now()).unwrap();
        let mut minted = 0;
        for case in catalogue().filter(|case| case.precondition == Precondition::Default) {
            let Ok(presented) = forge.try_present(case) else {
                continue;
            };
            minted += 1;
            for token in presented.tokens() {
                let same = token.expose() == given.expose();
                assert!(
                    same || !support::holds(&service(), token.expose()),
                    "{}",
                    case.id
                );
            }
            let bad_token = presented.authorization().len() == 1 && presented.tokens().len() == 1;
            if case.expect.outcome() == Outcome::Failure && bad_token && case.check() != "AUT-02" {
                assert_ne!(
                    presented.tokens()[0].expose(),
                    given.expose(),
                    "{}",
                    case.id
                );
            }
        }
        assert!(minted > 60, "{algorithm}: {minted}");
    }
}

#[test]
fn what_is_in_the_way_is_named() {
    let rs256 = Forge::like(&theirs(Algorithm::Rs256), None, now()).unwrap();
    for (id, hindrance) in [
        ("CLM-01/hour-ago", Unforgeable::NeedsKey),
        ("SIG-05/rs256-pem", Unforgeable::NeedsPublicKey),
        ("SIG-05/es256-pem", Unforgeable::OtherAlgorithm),
        ("SIG-01/es256", Unforgeable::OtherAlgorithm),
        ("KEY-04/of-another-algorithm", Unforgeable::NotApplicable),
    ] {
        assert_eq!(
            rs256.try_present(find(id).unwrap()).unwrap_err(),
            hindrance,
            "{id}"
        );
    }
    let public = service().public_pem(Algorithm::Rs256).unwrap();
    let known = rs256.with_public_key(PublicKey::from_pem(public).unwrap());
    let confused = known
        .try_present(find("SIG-05/rs256-pem").unwrap())
        .unwrap();
    let (message, signature) = confused.tokens()[0].expose().rsplit_once('.').unwrap();
    let secret = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, public.as_bytes());
    aws_lc_rs::hmac::verify(&secret, message.as_bytes(), &support::bytes(signature)).unwrap();
}

#[test]
fn a_published_key_is_read_from_a_jwk() {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
        let jwk = serde_json::from_str(service().public_jwk(algorithm).unwrap()).unwrap();
        let pem = service().public_pem(algorithm).unwrap();
        let of_jwk = Forge::like(&theirs(algorithm), None, now())
            .unwrap()
            .with_public_key(PublicKey::from_jwk(&jwk).unwrap());
        let of_pem = Forge::like(&theirs(algorithm), None, now())
            .unwrap()
            .with_public_key(PublicKey::from_pem(pem).unwrap());
        let id = match algorithm {
            Algorithm::Rs256 => "SIG-05/rs256-der",
            Algorithm::Es256 => "SIG-05/es256-der",
            _ => "SIG-05/eddsa-der",
        };
        let token = |forge: &Forge| {
            let presented = forge.try_present(find(id).unwrap()).unwrap();
            presented.tokens()[0].expose().to_owned()
        };
        assert_eq!(token(&of_jwk), token(&of_pem), "{algorithm}");
    }
}

#[test]
fn what_is_no_key_and_no_token_is_refused() {
    let refused = |bytes: &[u8], algorithm| SigningKey::read(bytes, algorithm).unwrap_err();
    assert_eq!(
        refused(b"secret", "none"),
        UnusableSigningKey::UnknownAlgorithm
    );
    assert_eq!(
        refused(b"secret", "RS256"),
        UnusableSigningKey::NotAKeyForIt
    );
    let ec = pem(include_bytes!("../../keys/service-es256.pk8"));
    assert_eq!(
        refused(ec.as_bytes(), "RS256"),
        UnusableSigningKey::NotAKeyForIt
    );
    assert!(SigningKey::read(ec.as_bytes(), "ES256").is_ok());
    let jwk = br#"{"kty":"oct","k":"c2VjcmV0"}"#;
    assert!(SigningKey::read(jwk, "HS384").is_ok());
    for text in ["", "opaque", "a.b", "a.b.c", "e30.e30."] {
        let token = SecretToken::new(text.to_owned());
        assert!(Forge::like(&token, None, NOW).is_err(), "{text}");
    }
}

fn claims(token: &SecretToken) -> serde_json::Value {
    support::json(token.expose().split('.').nth(1).unwrap()).unwrap()
}
