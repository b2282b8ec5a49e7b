//! Records that say of nobody who it was, and what still works with them.

use std::sync::Arc;

use jwtrail_actix::{JwtAuth, JwtAuthError, QuarantineList, Trail};
use jwtrail_event::quarantine::{Hold, Kind, Target};
use jwtrail_event::{CacheUse, EventId, Pseudonyms, Reason, SecretToken, Timestamp};
use jwtrail_forge::Forge;
use jwtrail_verify::KeySet;

use crate::capture::Capture;
use crate::client::Call;
use crate::server::{Service, Setup, find};

#[actix_web::test]
async fn subjects_and_addresses_are_recorded_as_pseudonyms() {
    let service = service(None);
    let token = service.forge.token().subject("alice").sign();
    let forged = service.forge.token().subject("alice");
    let forged = forged.signed_by_stranger().sign();
    for (id, token) in [("first", &token), ("again", &token), ("forged", &forged)] {
        call(id, token).send(service.address).await;
    }

    let recorded = service.finish().await.sent(&[token, forged]);
    let text = String::from_utf8_lossy(&recorded.events);
    assert!(!text.contains("alice") && !text.contains("203.0.113.7\""));
    let records = recorded.complies(3);
    let alice = pseudonyms().subject("alice");
    let client = pseudonyms().address([203, 0, 113, 7].into());
    assert!(client.starts_with("203.0.113."));
    let (first, again) = (find(&records, "first"), find(&records, "again"));
    assert_eq!(again.cache, Some(CacheUse::Hit));
    for record in [first, again] {
        assert_eq!(record.token_sub.as_ref().unwrap().as_str(), alice);
    }
    let forged = find(&records, "forged");
    assert_eq!(forged.claimed_sub.as_ref().unwrap().as_str(), alice);
    for record in [first, again, forged] {
        assert_eq!(record.client_ip.as_ref().unwrap().as_str(), client);
    }
}

#[actix_web::test]
async fn a_subject_is_held_by_its_pseudonym_and_by_its_name() {
    let list = QuarantineList::new();
    let service = service(Some(list.clone()));
    let token = service.forge.token().subject("alice").sign();
    let other = service.forge.token().subject("bob").sign();
    let answer = async |id: &str, token| call(id, token).send(service.address).await.status();
    assert_eq!(answer("before", &token).await, 200);
    let hold = |sub: String| Hold {
        id: EventId::from_u128(1),
        kind: Kind::Quarantine,
        target: Target::Subject {
            iss: service.forge.issuer().to_owned(),
            sub,
            before: None,
        },
        services: Vec::new(),
        until: Timestamp::MAX,
    };
    list.replace(&[hold(pseudonyms().subject("alice"))]);
    assert_eq!(answer("by-pseudonym", &token).await, 401);
    assert_eq!(answer("other", &other).await, 200);
    list.replace(&[hold("alice".to_owned())]);
    assert_eq!(answer("by-name", &token).await, 401);
    list.replace(&[]);
    assert_eq!(answer("released", &token).await, 200);

    let recorded = service.finish().await.sent(&[token, other]);
    let records = recorded.complies(5);
    for id in ["by-pseudonym", "by-name"] {
        assert_eq!(find(&records, id).reason, Some(Reason::Quarantined));
    }
}

#[test]
fn a_list_that_knows_other_pseudonyms_is_refused() {
    let list = QuarantineList::new();
    let build = |pseudonyms: Option<Pseudonyms>| {
        let capture = Capture::default();
        let trail = Trail::builder("orders-api").sink(capture.sink());
        let trail = match pseudonyms {
            Some(pseudonyms) => trail.pseudonyms(pseudonyms),
            None => trail,
        };
        let forge = Forge::new(Timestamp::from_seconds(0));
        let keys = KeySet::from_jwks(forge.jwks()).unwrap();
        let auth = JwtAuth::builder().issuer(forge.issuer(), keys);
        let auth = auth.audience("orders-api").audit(&trail.start().unwrap());
        auth.quarantine(&list).build()
    };
    // Whose subjects have their names is known by them, whoever comes first.
    build(None).unwrap();
    build(Some(pseudonyms().keep_subjects())).unwrap();
    build(Some(pseudonyms())).unwrap();
    build(Some(pseudonyms().keep_peer_addresses())).unwrap();
    build(None).unwrap();
    for (id, secret) in [("2027", [7; 32]), ("2026", [8; 32])] {
        let error = build(Some(Pseudonyms::new(id, &secret).unwrap())).unwrap_err();
        assert!(matches!(error, JwtAuthError::OtherPseudonyms), "{error}");
    }
}

fn service(quarantine: Option<QuarantineList>) -> Service {
    Service::start(&Setup {
        quarantine,
        options: |options| options.trusted_proxies(["127.0.0.0/8".parse().unwrap()]),
        trail: Arc::new(|trail| trail.pseudonyms(pseudonyms())),
        ..Setup::default()
    })
}

fn call(id: &str, token: &SecretToken) -> Call {
    Call::get("/orders/7")
        .bearer(token)
        .id(id)
        .header("x-forwarded-for", "203.0.113.7")
}

fn pseudonyms() -> Pseudonyms {
    Pseudonyms::new("2026", &[7; 32]).unwrap()
}
