//! What the verifier makes of the tokens.

use std::sync::Arc;

use jwtrail_event::Reason;
use jwtrail_forge::Forge;
use jwtrail_session::{CheckFailure, Grant, MemoryState, Sessions, SigningKey, TokenId};
use jwtrail_verify::{KeySet, Requirement, Seed, Verifier};

use crate::stores::{Memory, Store, on_each_state};
use crate::support::{ISSUER, at, builder, issue, refresh, sessions, wait_for};

on_each_state! {
    a_verified_token_is_checked_for_each_kind_of_revocation,
}

fn verifier(sessions: &Sessions) -> Verifier {
    Verifier::builder()
        .issuer(ISSUER, sessions.key_set())
        .audience("orders-api")
        .build(Seed::new([9; 32]))
        .unwrap()
}

#[test]
fn tokens_of_every_algorithm_are_accepted_by_the_strict_profile() {
    let ecdsa = aws_lc_rs::signature::EcdsaKeyPair::generate(
        &aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING,
    );
    let ecdsa = ecdsa.unwrap().to_pkcs8v1().unwrap();
    for key in [
        SigningKey::hs256(b"a secret of the tests, 32 bytes.").unwrap(),
        SigningKey::es256_pkcs8(ecdsa.as_ref()).unwrap(),
        SigningKey::generate_ed25519().unwrap(),
    ] {
        let algorithm = key.algorithm();
        let sessions = Sessions::builder(key, "k1")
            .issuer(ISSUER)
            .audience("orders-api")
            .audience("billing")
            .refresh_key([7; 32])
            .build()
            .unwrap();
        assert_eq!(sessions.public_jwks().is_none(), algorithm == "HS256");
        let issued = issue(&sessions, 0);
        let verified = verifier(&sessions).verify(issued.access.token.expose(), at(1));
        let token = verified
            .unwrap_or_else(|rejection| panic!("{algorithm}: {rejection:?}"))
            .token;
        let claims = &issued.access.claims;
        assert_eq!(token.jti(), Some(claims.jti.as_str()));
        assert_eq!(token.sub(), "user-7");
        assert_eq!(
            token.family(),
            Some(claims.family.unwrap().id.to_string().as_str())
        );
        assert_eq!(token.event_claims(), claims.event_claims());
        assert_eq!(
            Requirement::scope("orders:read").missing_from(token.scope()),
            None
        );
    }
}

#[test]
fn a_refresh_token_is_no_access_token() {
    let sessions = sessions(&Memory);
    let issued = issue(&sessions, 0);
    let rejection = verifier(&sessions)
        .verify(issued.refresh_token.expose(), at(1))
        .unwrap_err();
    assert_eq!(rejection.reason(), Reason::MalformedToken);
}

fn a_verified_token_is_checked_for_each_kind_of_revocation(store: &dyn Store) {
    let revoke: [fn(&Sessions, &jwtrail_session::AccessClaims); 3] = [
        |sessions, claims| {
            let id = TokenId::Jti(&claims.jti);
            wait_for(sessions.revoke_token(ISSUER, id, at(1))).unwrap();
        },
        |sessions, claims| {
            wait_for(sessions.revoke_family(claims.family.unwrap().id, at(1))).unwrap();
        },
        |sessions, claims| {
            wait_for(sessions.revoke_subject(ISSUER, &claims.subject, at(1))).unwrap();
        },
    ];
    for revoke in revoke {
        let sessions = sessions(store);
        let verifier = verifier(&sessions);
        let issued = issue(&sessions, 0);
        let other = wait_for(sessions.issue(Grant::new("user-8", "web"), at(0))).unwrap();
        let check = |token: &str| {
            let verified = verifier.verify(token, at(2)).unwrap();
            wait_for(sessions.check(&verified.token, at(2)).into_future())
        };
        assert!(check(issued.access.token.expose()).is_ok());
        revoke(&sessions, &issued.access.claims);
        let refused = check(issued.access.token.expose());
        assert!(matches!(refused, Err(CheckFailure::Revoked)));
        assert!(check(other.access.token.expose()).is_ok());
    }
}

#[test]
fn an_access_token_without_a_family_is_verified_too() {
    let sessions = sessions(&Memory);
    let access = wait_for(sessions.issue_access(Grant::new("batch", "batch"), at(0))).unwrap();
    let verified = verifier(&sessions)
        .verify(access.token.expose(), at(1))
        .unwrap();
    assert_eq!(verified.token.family(), None);
    assert!(wait_for(sessions.check(&verified.token, at(1)).into_future()).is_ok());
}

#[test]
fn a_refusal_names_the_rightful_owner() {
    let sessions = sessions(&Memory);
    let issued = issue(&sessions, 0);
    let refreshed = refresh(&sessions, issued.refresh_token.expose(), "web", 1).unwrap();
    assert_eq!(
        refreshed.access.claims.event_family().unwrap().generation,
        2
    );
    let refusal = refresh(&sessions, refreshed.refresh_token.expose(), "thief", 2).unwrap_err();
    let claims = refusal.event_claims().unwrap();
    assert_eq!(claims.client_id.unwrap(), "web");
    assert_eq!(claims.sub.unwrap(), "user-7");
    assert_eq!(claims.iss.unwrap(), ISSUER);
    assert_eq!(claims.scope.unwrap(), "orders:read");
    assert_eq!(refusal.event_family().unwrap().generation, 2);
}

/// A family's id is ours alone: another issuer can put whatever it likes into `sid`.
#[test]
fn another_issuers_token_is_not_of_our_family() {
    let sessions = builder().issuer("https://ours.example").build().unwrap();
    let issued = issue(&sessions, 0);
    let id = issued.access.claims.family.unwrap().id;
    let forge = Forge::new(at(0));
    let verifier = Verifier::builder()
        .issuer(forge.issuer(), KeySet::from_jwks(forge.jwks()).unwrap())
        .audience(forge.audience())
        .build(Seed::new([9; 32]))
        .unwrap();
    assert_ne!(forge.issuer(), sessions.issuer());
    let token = forge.token().claim("sid", id.to_string()).sign();
    let verified = verifier.verify(token.expose(), at(1)).unwrap();
    assert_eq!(verified.token.family(), Some(&*id.to_string()));
    wait_for(sessions.revoke_family(id, at(1))).unwrap();
    assert!(wait_for(sessions.check(&verified.token, at(1)).into_future()).is_ok());
}

#[test]
fn what_one_issuer_has_nothing_against_another_may() {
    let state = Arc::new(MemoryState::new());
    let of = |issuer| builder().issuer(issuer).state(state.clone()).build();
    let (ours, others) = (of(ISSUER).unwrap(), of("https://others.example").unwrap());
    let issued = issue(&ours, 0);
    let verified = verifier(&ours).verify(issued.access.token.expose(), at(1));
    let token = verified.unwrap().token;
    let id = issued.access.claims.family.unwrap().id;
    wait_for(ours.revoke_family(id, at(1))).unwrap();
    let check = |sessions: &Sessions| wait_for(sessions.check(&token, at(2)).into_future());
    assert!(check(&others).is_ok());
    assert!(matches!(check(&ours), Err(CheckFailure::Revoked)));
}
