//! Revoking tokens, families and subjects; bounds and ends of revocations.

use std::sync::Arc;

use crate::stores::{Memory, Store, on_each_state};
use crate::support::{
    ACCESS, ISSUER, LEEWAY, REFRESH, at, identity, is_good, issue, refresh, sessions, wait_for,
};
use jwtrail_event::Reason;
use jwtrail_session::{
    Advance, Answer, CheckFailure, Grant, MemoryState, RefreshKind, SessionError, StateError, Swap,
    TokenId, TokenIdentity,
};

on_each_state! {
    a_revoked_token_is_refused_and_its_sisters_are_not,
    a_revocation_is_forgotten_when_no_token_can_be_left,
    a_logout_ends_the_family_and_only_this_one,
    a_revoked_subject_can_log_in_again_at_once,
    a_subject_revoked_twice_in_a_second_keeps_nothing_from_in_between,
    a_token_that_does_not_say_when_it_was_issued_counts_as_old,
    a_token_of_an_issuer_whose_clock_is_ahead_stays_revoked_to_its_end,
    many_revocations_in_a_second_lock_nobody_out_for_long,
    a_subject_revoked_up_to_a_moment_keeps_what_came_later,
    a_subject_revoked_up_to_now_or_later_is_revoked_up_to_now,
    a_family_is_known_by_each_of_its_refresh_tokens_and_by_no_other,
    a_family_that_was_revoked_meanwhile_does_not_move_on,
}

fn a_revoked_token_is_refused_and_its_sisters_are_not(store: &dyn Store) {
    let sessions = sessions(store);
    let (one, other) = (issue(&sessions, 0), issue(&sessions, 0));
    let id = TokenId::Jti(&one.access.claims.jti);
    wait_for(sessions.revoke_token(ISSUER, id, at(1))).unwrap();
    assert!(!is_good(&sessions, &one.access.claims, 1));
    assert!(is_good(&sessions, &other.access.claims, 1));
    // The same jti of another issuer is another token; a fingerprint is no jti.
    let claims = &one.access.claims;
    for elsewhere in [
        TokenIdentity {
            issuer: "https://other.example",
            ..identity(claims)
        },
        TokenIdentity {
            id: TokenId::Fingerprint(&claims.jti),
            ..identity(claims)
        },
    ] {
        assert!(wait_for(sessions.check_identity(elsewhere, at(1)).into_future()).is_ok());
    }
}

fn a_revocation_is_forgotten_when_no_token_can_be_left(store: &dyn Store) {
    let sessions = sessions(store);
    let issued = issue(&sessions, 0);
    let claims = &issued.access.claims;
    let revoked = wait_for(sessions.revoke_token(ISSUER, TokenId::Jti(&claims.jti), at(0)));
    // The issuer's clock and the verifier's may both differ.
    let until = i64::from(ACCESS + 2 * LEEWAY);
    assert_eq!(revoked.unwrap().until, at(until));
    assert!(!is_good(&sessions, claims, until - 1));
    assert!(is_good(&sessions, claims, until));
}

fn a_logout_ends_the_family_and_only_this_one(store: &dyn Store) {
    let sessions = sessions(store);
    let (one, other) = (issue(&sessions, 0), issue(&sessions, 0));
    let id = one.access.claims.family.unwrap().id;
    let revoked = wait_for(sessions.revoke_family(id, at(5))).unwrap();
    assert_eq!(revoked.family.unwrap().subject, "user-7");
    assert!(!is_good(&sessions, &one.access.claims, 5));
    assert!(is_good(&sessions, &other.access.claims, 5));
    let refusal = refresh(&sessions, one.refresh_token.expose(), "web", 6).unwrap_err();
    assert_eq!(refusal.reason(), Reason::RefreshUnknown);
    assert!(refresh(&sessions, other.refresh_token.expose(), "web", 6).is_ok());
    // Until the last second of what was minted last.
    let last = i64::from(ACCESS + LEEWAY);
    assert!(!is_good(&sessions, &one.access.claims, last));
}

fn a_revoked_subject_can_log_in_again_at_once(store: &dyn Store) {
    let sessions = sessions(store);
    let old = issue(&sessions, 0);
    wait_for(sessions.revoke_subject(ISSUER, "user-7", at(5))).unwrap();
    assert!(!is_good(&sessions, &old.access.claims, 5));
    let refusal = refresh(&sessions, old.refresh_token.expose(), "web", 5).unwrap_err();
    assert_eq!(refusal.reason(), Reason::Revoked);
    assert_eq!(refusal.family().unwrap().subject, "user-7");

    let new = issue(&sessions, 5);
    assert!(is_good(&sessions, &new.access.claims, 5));
    let refreshed = refresh(&sessions, new.refresh_token.expose(), "web", 5).unwrap();
    assert_eq!(refreshed.kind, RefreshKind::Rotated);
    assert!(is_good(&sessions, &refreshed.access.claims, 5));
    // The same name at another issuer is somebody else.
    let claims = &old.access.claims;
    let elsewhere = TokenIdentity {
        issuer: "https://other.example",
        ..identity(claims)
    };
    assert!(wait_for(sessions.check_identity(elsewhere, at(5)).into_future()).is_ok());
}

fn a_subject_revoked_twice_in_a_second_keeps_nothing_from_in_between(store: &dyn Store) {
    let sessions = sessions(store);
    wait_for(sessions.revoke_subject(ISSUER, "user-7", at(5))).unwrap();
    let between = issue(&sessions, 5);
    wait_for(sessions.revoke_subject(ISSUER, "user-7", at(5))).unwrap();
    assert!(!is_good(&sessions, &between.access.claims, 5));
    assert!(refresh(&sessions, between.refresh_token.expose(), "web", 5).is_err());
    let after = issue(&sessions, 5);
    assert!(is_good(&sessions, &after.access.claims, 5));
}

fn a_token_that_does_not_say_when_it_was_issued_counts_as_old(store: &dyn Store) {
    let sessions = sessions(store);
    wait_for(sessions.revoke_subject(ISSUER, "user-7", at(5))).unwrap();
    let issued = issue(&sessions, 6);
    let undated = TokenIdentity {
        issued_at: None,
        ..identity(&issued.access.claims)
    };
    let answer = wait_for(sessions.check_identity(undated, at(7)).into_future());
    assert!(matches!(answer, Err(CheckFailure::Revoked)));
}

#[test]
fn the_check_of_every_request_answers_without_a_boxed_future() {
    let sessions = sessions(&Memory);
    let issued = issue(&sessions, 0);
    wait_for(sessions.revoke_subject(ISSUER, "somebody", at(0))).unwrap();
    let answer = sessions.check_identity(identity(&issued.access.claims), at(1));
    assert!(matches!(answer, Answer::Ready(Ok(()))));
}

fn a_token_of_an_issuer_whose_clock_is_ahead_stays_revoked_to_its_end(store: &dyn Store) {
    let sessions = sessions(store);
    // As long as a verifier takes it: dated ahead by the leeway, and used past its end.
    let ahead = issue(&sessions, i64::from(LEEWAY)).access.claims;
    let last_use = i64::from(LEEWAY + ACCESS + LEEWAY) - 1;
    wait_for(sessions.revoke_token(ISSUER, TokenId::Jti(&ahead.jti), at(0))).unwrap();
    assert!(!is_good(&sessions, &ahead, last_use));
}

fn many_revocations_in_a_second_lock_nobody_out_for_long(store: &dyn Store) {
    let sessions = sessions(store);
    for _ in 0..1_000 {
        wait_for(sessions.revoke_subject(ISSUER, "user-7", at(5))).unwrap();
    }
    let grant = || Grant::new("user-7", "web");
    let refused = wait_for(sessions.issue(grant(), at(5)));
    assert!(matches!(
        refused,
        Err(SessionError::JustRevoked { seconds: 1 })
    ));
    assert!(wait_for(sessions.issue_access(grant(), at(5))).is_err());
    // What is given then, a verifier takes, and another revocation reaches it.
    let issued = issue(&sessions, 6);
    assert!(issued.access.claims.issued_at <= at(6 + i64::from(LEEWAY)).as_seconds());
    assert!(is_good(&sessions, &issued.access.claims, 6));
    wait_for(sessions.revoke_subject(ISSUER, "user-7", at(6))).unwrap();
    assert!(!is_good(&sessions, &issued.access.claims, 6));
}

#[test]
fn a_flood_of_one_subjects_logins_locks_out_nobody_else() {
    let state = Arc::new(MemoryState::with_capacity(16 * 64, 16));
    let sessions = crate::support::sessions_on(state);
    let login =
        |subject: &str, seconds| wait_for(sessions.issue(Grant::new(subject, "web"), at(seconds)));
    let before = login("user-7", 0).unwrap();
    let mut last = None;
    for second in 0..5_000 {
        last = Some(login("flood", second / 4).unwrap());
    }
    let after = login("user-8", 1_300).unwrap();
    for one in [before, last.unwrap(), after] {
        assert!(refresh(&sessions, one.refresh_token.expose(), "web", 1_301).is_ok());
    }
}

#[test]
fn a_full_state_refuses_rather_than_forgets() {
    let state = Arc::new(MemoryState::with_capacity(16, 16));
    let sessions = crate::support::sessions_on(state);
    let mut issued = Vec::new();
    let full = loop {
        let grant = Grant::new("user-7", "web");
        match wait_for(sessions.issue(grant, at(0))) {
            Ok(one) => issued.push(one),
            Err(full) => break full,
        }
        assert!(issued.len() <= 16);
    };
    assert!(matches!(
        full,
        SessionError::State(StateError::Full { what: "family", .. })
    ));
    for one in &issued {
        assert!(refresh(&sessions, one.refresh_token.expose(), "web", 1).is_ok());
    }

    let revoke = |n: usize, seconds| {
        let jti = format!("jti-{n}");
        wait_for(sessions.revoke_token(ISSUER, TokenId::Jti(&jti), at(seconds)))
    };
    let mut revoked = 0;
    let full = loop {
        match revoke(revoked, 0) {
            Ok(_) => revoked += 1,
            Err(full) => break full,
        }
        assert!(revoked <= 16);
    };
    assert!(matches!(
        full,
        StateError::Full {
            what: "revocation",
            ..
        }
    ));
    // When the old ones have ended there is room again.
    assert!(revoke(revoked, i64::from(ACCESS + 2 * LEEWAY)).is_ok());
}

fn a_subject_revoked_up_to_a_moment_keeps_what_came_later(store: &dyn Store) {
    let sessions = sessions(store);
    let (old, then, later) = (
        issue(&sessions, 0),
        issue(&sessions, 5),
        issue(&sessions, 6),
    );
    let revoked = sessions.revoke_subject_before(ISSUER, "user-7", at(5), at(9));
    let until = wait_for(revoked).unwrap().until;
    // Counted from now, for as long as a family of ours can be refreshed.
    assert_eq!(until, at(9 + i64::from(REFRESH + 2 * LEEWAY)));
    for issued in [old, then] {
        assert!(!is_good(&sessions, &issued.access.claims, 9));
        let refusal = refresh(&sessions, issued.refresh_token.expose(), "web", 9).unwrap_err();
        assert_eq!(refusal.reason(), Reason::Revoked);
    }
    assert!(is_good(&sessions, &later.access.claims, 9));
    assert!(refresh(&sessions, later.refresh_token.expose(), "web", 9).is_ok());
}

fn a_subject_revoked_up_to_now_or_later_is_revoked_up_to_now(store: &dyn Store) {
    for before in [5, 3_600] {
        let sessions = sessions(store);
        wait_for(sessions.revoke_subject(ISSUER, "user-7", at(5))).unwrap();
        // Dated to the next second, and reached all the same.
        let between = issue(&sessions, 5);
        let revoked = sessions.revoke_subject_before(ISSUER, "user-7", at(before), at(5));
        wait_for(revoked).unwrap();
        assert!(!is_good(&sessions, &between.access.claims, 5), "{before}");
        // A login after it is not concerned.
        let after = issue(&sessions, 5);
        assert!(is_good(&sessions, &after.access.claims, 5), "{before}");
        let refreshed = refresh(&sessions, after.refresh_token.expose(), "web", 5);
        assert!(refreshed.is_ok(), "{before}");
    }
}

fn a_family_is_known_by_each_of_its_refresh_tokens_and_by_no_other(store: &dyn Store) {
    let sessions = sessions(store);
    let issued = issue(&sessions, 0);
    let second = refresh(&sessions, issued.refresh_token.expose(), "web", 1).unwrap();
    let known = |token: &str| wait_for(sessions.known_family(token, at(2))).unwrap();
    for (token, generation) in [(&issued.refresh_token, 1), (&second.refresh_token, 2)] {
        let family = known(token.expose()).unwrap();
        assert_eq!(family.place.generation, generation);
        assert_eq!((&*family.subject, &*family.issuer), ("user-7", ISSUER));
    }
    assert_eq!(known(issued.access.token.expose()), None);
    assert_eq!(sessions.family_of(issued.access.token.expose()), None);
}

/// Two requests can meet: one found the family good, the other revoked it since.
fn a_family_that_was_revoked_meanwhile_does_not_move_on(store: &dyn Store) {
    let state = store.state();
    let sessions = crate::support::sessions_on(Arc::clone(&state));
    let issued = issue(&sessions, 0);
    let id = issued.access.claims.family.unwrap().id;
    let advance = |from| {
        let (at, access_jti) = (at(1), 7);
        let advance = Advance {
            from,
            at,
            access_jti,
        };
        wait_for(state.advance(id, advance, at).into_future()).unwrap()
    };
    assert!(matches!(advance(2), Swap::Lost(Some(family)) if family.generation == 1));
    assert_eq!(advance(1), Swap::Done);
    wait_for(sessions.revoke_family(id, at(1))).unwrap();
    assert!(matches!(advance(2), Swap::Lost(Some(family)) if family.revoked));
}
