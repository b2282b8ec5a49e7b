//! What holds for every case of the catalogue.

use std::collections::BTreeSet;

use jwtrail_event::{EventName, Outcome, Reason, Timestamp, Trust};
use jwtrail_forge::{
    Algorithm, Case, Endpoint, Forge, PENDING, Precondition, Presentation, catalogue, find,
};

use crate::support;

fn forge() -> Forge {
    Forge::new(Timestamp::from_seconds(1_800_000_000))
}

#[test]
fn ids_are_unique_and_name_a_known_check() {
    let mut seen = BTreeSet::new();
    for case in catalogue() {
        assert!(seen.insert(case.id), "{} stands there twice", case.id);
        let (check, variant) = case.id.split_once('/').unwrap();
        assert!(CHECKS.contains(&check), "{check} is no check");
        assert!(!variant.is_empty() && !case.title.is_empty(), "{}", case.id);
        assert_eq!(find(case.id).unwrap().id, case.id);
    }
    for check in CHECKS {
        let variants = catalogue().filter(|case| case.check() == *check).count();
        assert!(variants > 0, "{check} has no variant");
    }
}

#[test]
fn every_reason_is_caused_or_pending_and_never_both() {
    let caused: BTreeSet<Reason> = catalogue().filter_map(|case| case.expect.reason).collect();
    let pending: BTreeSet<Reason> = PENDING.iter().copied().collect();
    assert_eq!(caused.intersection(&pending).next(), None);
    let known: BTreeSet<Reason> = caused.union(&pending).copied().collect();
    assert_eq!(known, Reason::ALL.iter().copied().collect());
}

#[test]
fn expectations_follow_the_answers_of_the_rules() {
    for case in catalogue() {
        let expect = case.expect;
        let error = match expect.status {
            Some(400) if case.endpoint() == Endpoint::Protected => Some("invalid_request"),
            Some(401) if expect.event == EventName::TokenRejected => match expect.reason {
                Some(Reason::ProofNonceRequired) => Some("use_dpop_nonce"),
                Some(Reason::ProofReplayed) => Some("invalid_dpop_proof"),
                // What is wrong may be the proof, or that there should be one.
                Some(Reason::ProofInvalid) => expect
                    .error
                    .filter(|error| ["invalid_dpop_proof", "invalid_token"].contains(error)),
                _ => Some("invalid_token"),
            },
            Some(403) => Some("insufficient_scope"),
            _ => None,
        };
        assert_eq!(expect.error, error, "{}", case.id);
        assert_eq!(
            expect.outcome() == Outcome::Success,
            expect.status == Some(200) && expect.trust == Trust::Verified,
            "{}",
            case.id
        );
        assert!(expect.error.is_none() || expect.challenge(), "{}", case.id);
    }
}

#[test]
fn a_case_is_sent_the_way_it_says() {
    for case in catalogue() {
        let sent = forge().present(case);
        let places = (
            sent.authorization().len(),
            sent.query().is_some(),
            sent.cookie().is_some(),
            sent.refresh_token().is_some(),
        );
        match case.presentation {
            Presentation::Bearer => assert_eq!(places, (1, false, false, false), "{}", case.id),
            Presentation::Authorization => {
                assert!(
                    places.0 > 0 && places == (places.0, false, false, false),
                    "{}",
                    case.id
                );
            }
            Presentation::Dpop => {
                assert_eq!(places, (1, false, false, false), "{}", case.id);
                let value = sent.authorization()[0].expose();
                assert!(value[..5].eq_ignore_ascii_case(b"DPoP "), "{}", case.id);
            }
            Presentation::Query => assert_eq!(places, (0, true, false, false), "{}", case.id),
            Presentation::Cookie => assert!(places.2 && !places.1 && !places.3, "{}", case.id),
            Presentation::Refresh => assert_eq!(places, (0, false, false, true), "{}", case.id),
            _ => assert_eq!(places, (0, false, false, false), "{}", case.id),
        }
        let from_service = case.presentation == Presentation::FromService;
        assert_eq!(
            from_service,
            case.precondition.token_from_service(),
            "{}",
            case.id
        );
    }
}

#[test]
fn every_token_that_is_sent_is_listed_and_none_is_printed() {
    for case in catalogue() {
        let sent = forge().present(case);
        let printed = format!(
            "{sent:?}{case:?}{:?}{:?}",
            sent.authorization(),
            sent.tokens()
        );
        for value in sent.authorization() {
            let text = String::from_utf8_lossy(value.expose());
            let credentials = text.split([' ', ',']).filter(|word| word.len() > 10);
            for credential in credentials {
                let listed = sent
                    .tokens()
                    .iter()
                    .any(|t| credential.contains(t.expose()));
                assert!(listed, "{}", case.id);
            }
        }
        for token in sent
            .tokens()
            .iter()
            .filter(|token| token.expose().len() > 10)
        {
            assert!(!printed.contains(token.expose()), "{}", case.id);
        }
    }
}

#[test]
fn the_signature_holds_exactly_where_the_case_says_so() {
    for algorithm in Algorithm::ALL {
        let forge = forge().with_algorithm(*algorithm);
        for case in catalogue().filter(|case| case.presentation == Presentation::Bearer) {
            let sent = forge.present(case);
            let holds = support::holds(&forge, sent.tokens()[0].expose());
            if let Some(expected) = signature_must_hold(case) {
                assert_eq!(holds, expected, "{} with {algorithm}", case.id);
            }
        }
    }
}

/// Whether the signature must hold; nothing for tokens that fail before it is looked at, and
/// whose signature may be either.
fn signature_must_hold(case: &Case) -> Option<bool> {
    match case.expect.reason {
        _ if case.expect.trust != Trust::None => Some(true),
        Some(Reason::BadSignature) => Some(false),
        Some(Reason::KeyUnavailable) => Some(true),
        Some(Reason::BadIssuer | Reason::TokenTooLarge | Reason::UnsupportedCritical) => Some(true),
        Some(Reason::UntrustedKey) => Some(false),
        _ => None,
    }
}

#[test]
fn tokens_at_the_limit_have_exactly_that_many_bytes() {
    for algorithm in Algorithm::ALL {
        for subject in ["a", "al", "ali", "alic"] {
            let forge = forge().with_algorithm(*algorithm).with_subject(subject);
            for (id, length) in [
                ("PRE-1/largest", 8_192),
                ("AUT-03/one-byte-too-large", 8_193),
                ("AUT-03/64-kib", 65_536),
            ] {
                let sent = forge.present(find(id).unwrap());
                assert_eq!(sent.tokens()[0].expose().len(), length, "{id}, {algorithm}");
            }
        }
    }
}

#[test]
fn all_other_tokens_fit_the_default_limit() {
    for case in catalogue().filter(|case| case.expect.reason != Some(Reason::TokenTooLarge)) {
        for token in forge().present(case).tokens() {
            assert!(token.expose().len() <= 8_192, "{}", case.id);
        }
    }
}

#[test]
fn a_token_under_a_public_key_is_signed_with_its_published_bytes() {
    let forge = forge();
    for (id, secret) in [
        (
            "SIG-05/rs256-pem",
            forge.public_pem(Algorithm::Rs256).unwrap(),
        ),
        (
            "SIG-05/es256-pem-no-newline",
            forge.public_pem(Algorithm::Es256).unwrap().trim_end(),
        ),
    ] {
        let sent = forge.present(find(id).unwrap());
        let (message, signature) = sent.tokens()[0].expose().rsplit_once('.').unwrap();
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
        let tag = aws_lc_rs::hmac::sign(&key, message.as_bytes());
        assert_eq!(support::bytes(signature), tag.as_ref(), "{id}");
    }
    let variants: BTreeSet<String> = catalogue()
        .filter(|case| case.check() == "SIG-05" && case.precondition == Precondition::Default)
        .map(|case| {
            let sent = forge.at(forge.now()).with_seed(7).present(case);
            sent.tokens()[0]
                .expose()
                .rsplit('.')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(variants.len(), 11);
}

#[test]
fn a_parameter_of_the_forge_reaches_its_cases() {
    let forge = forge()
        .with_key_url("http://127.0.0.1:4000/keys")
        .with_cookie_name("session")
        .with_issuer("https://id.example")
        .with_audience("billing");
    for id in ["KEY-02/jku", "KEY-02/x5u"] {
        let sent = forge.present(find(id).unwrap());
        let header = support::json(sent.tokens()[0].expose().split('.').next().unwrap()).unwrap();
        let url = header.get("jku").or(header.get("x5u")).unwrap();
        assert_eq!(url, "http://127.0.0.1:4000/keys");
    }
    let sent = forge.present(find("PRE-1/cookie").unwrap());
    assert!(sent.cookie().unwrap().expose().starts_with("session=eyJ"));
    let claims = support::json(sent.tokens()[0].expose().split('.').nth(1).unwrap()).unwrap();
    assert_eq!(claims["iss"], "https://id.example");
    assert_eq!(claims["aud"], "billing");
}

/// The checks that have cases: those of the scanner that a token causes, and ours (BND, STA).
const CHECKS: &[&str] = &[
    "PRE-1", "AUT-01", "AUT-02", "AUT-03", "AUT-04", "AUT-05", "SIG-01", "SIG-02", "SIG-03",
    "SIG-04", "SIG-05", "SIG-06", "KEY-01", "KEY-02", "KEY-03", "KEY-04", "KEY-05", "CLM-01",
    "CLM-02", "CLM-03", "CLM-04", "CLM-05", "CLM-06", "CLM-07", "SCP-01", "SCP-02", "SCP-03",
    "LOG-04", "REV-01", "REF-02", "RTE-02", "STA-01", "STA-02", "STA-03", "STA-04", "BND-01",
    "BND-02", "BND-03", "BND-04", "BND-05",
];
