//! A family is opened once.

use jwtrail_session::{Family, FamilyId, StateError};

use crate::stores::{Store, on_each_state};
use crate::support::{at, wait_for};

on_each_state!(an_open_family_is_not_opened_again_before_it_ends);

fn an_open_family_is_not_opened_again_before_it_ends(store: &dyn Store) {
    let state = store.state();
    let id = FamilyId::from_bits(7);
    let open = |subject, now| {
        let opened = state.open(id, family(subject), at(60), at(now));
        wait_for(opened.into_future())
    };
    let subject = |now| {
        let family = wait_for(state.family(id, at(now)).into_future()).unwrap();
        family.map(|family| family.subject)
    };
    open("alice", 0).unwrap();
    let again = open("mallory", 59).unwrap_err();
    assert!(matches!(again, StateError::Exists), "{again:?}");
    assert_eq!(subject(59).as_deref(), Some("alice"));
    assert_eq!(subject(60), None);
}

fn family(subject: &str) -> Family {
    Family {
        subject: subject.to_owned(),
        client_id: "web".to_owned(),
        scope: None,
        opened_at: at(0),
        expires_at: at(60),
        generation: 1,
        rotated_at: at(0),
        access_jti: 1,
        revoked: false,
    }
}
