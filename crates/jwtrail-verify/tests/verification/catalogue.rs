//! The catalogue's tokens give the outcome that the catalogue says, without a framework.

use jwtrail_event::{Reason, Step, Timestamp};
use jwtrail_forge::{Forge, Precondition, Presentation, catalogue};
use jwtrail_verify::{
    Algorithm, HasAudience, Key, KeySet, Profile, Requirement, Verifier, VerifierBuilder,
};

use crate::support::{NOW, Trusted, build, trust};

#[test]
fn every_bearer_token_of_the_catalogue() {
    let forge = Forge::new(Timestamp::from_seconds(NOW));
    let mut seen = 0;
    for case in catalogue() {
        let plain = matches!(
            case.precondition,
            Precondition::Default
                | Precondition::FixedClock
                | Precondition::Hmac
                | Precondition::LegacyProfile
                | Precondition::ScopeRequired
                | Precondition::KeysUnavailable
        );
        if !plain || case.presentation != Presentation::Bearer {
            continue;
        }
        let verifier = build(configure(&forge, case.precondition));
        let presented = forge.present(case);
        let token = presented.tokens()[0].expose();
        let found = match verifier.verify(token, forge.now()) {
            Ok(verified) => {
                let required = case.precondition == Precondition::ScopeRequired;
                let requirement = Requirement::scope(forge.scope());
                let missing = requirement.missing_from(verified.token.scope());
                (required && missing.is_some()).then_some((Reason::InsufficientScope, "verified"))
            }
            Err(rejection) => {
                let (step, reason) = rejection.steps().failure().unwrap();
                assert_eq!(reason, rejection.reason(), "{}", case.id);
                let signed = trust(&rejection) == Trusted::Signed;
                assert_eq!(signed, step > Step::Signature, "{}", case.id);
                Some((reason, if signed { "signed" } else { "none" }))
            }
        };
        let expected = case
            .expect
            .reason
            .map(|reason| (reason, case.expect.trust.as_str()));
        assert_eq!(found, expected, "{}: {}", case.id, case.title);
        seen += 1;
    }
    assert!(seen > 100, "only {seen} cases");
}

fn configure(forge: &Forge, precondition: Precondition) -> VerifierBuilder<HasAudience> {
    let mut keys: Vec<Key> = Vec::new();
    for (algorithm, theirs) in [
        (Algorithm::Rs256, jwtrail_forge::Algorithm::Rs256),
        (Algorithm::Es256, jwtrail_forge::Algorithm::Es256),
        (Algorithm::EdDsa, jwtrail_forge::Algorithm::EdDsa),
    ] {
        let pem = forge.public_pem(theirs).unwrap();
        keys.push(Key::public_pem(algorithm, pem, Some(theirs.kid())).unwrap());
    }
    let published = KeySet::from_jwks(forge.jwks()).unwrap();
    assert_eq!(
        (published.len(), published.skipped().len()),
        (keys.len(), 0)
    );
    let set = if precondition == Precondition::Hmac {
        let kid = Some(jwtrail_forge::Algorithm::Hs256.kid());
        keys.push(Key::hmac(Algorithm::Hs256, forge.hmac_secret(), kid).unwrap());
        KeySet::new(keys).unwrap()
    } else {
        published
    };
    if precondition == Precondition::KeysUnavailable {
        return Verifier::builder()
            .remote_issuer(forge.issuer(), Algorithm::ASYMMETRIC)
            .audience(forge.audience());
    }
    let profile = match precondition {
        Precondition::LegacyProfile => Profile::Legacy,
        _ => Profile::Strict,
    };
    Verifier::builder()
        .issuer(forge.issuer(), set)
        .audience(forge.audience())
        .profile(profile)
}
