//! Refresh tokens, one request after another.

use crate::stores::{Store, on_each_state};
use crate::support::{GRACE, LEEWAY, REFRESH, is_good, issue, refresh, sessions};
use jwtrail_event::Reason;
use jwtrail_session::{FamilyPlace, RefreshKind};

on_each_state! {
    a_refresh_moves_the_family_on_by_one,
    the_previous_token_gets_the_same_successor_inside_the_grace_window,
    the_previous_token_after_the_grace_window_revokes_the_family,
    a_clock_that_is_set_back_does_not_lengthen_the_grace_window,
    an_older_token_revokes_the_family_at_once,
    another_client_is_refused_and_the_family_revoked,
    a_family_ends_and_no_access_token_outlives_it,
    a_refresh_token_is_told_apart_at_sight_and_tells_nothing,
}

fn a_refresh_moves_the_family_on_by_one(store: &dyn Store) {
    let sessions = sessions(store);
    let issued = issue(&sessions, 0);
    let family = issued.access.claims.family.unwrap();
    assert_eq!(family.generation, 1);

    let refreshed = refresh(&sessions, issued.refresh_token.expose(), "web", 100).unwrap();
    assert_eq!(refreshed.kind, RefreshKind::Rotated);
    assert_eq!(refreshed.previous_jti, issued.access.claims.jti);
    let claims = &refreshed.access.claims;
    let generation = 2;
    assert_eq!(
        claims.family,
        Some(FamilyPlace {
            generation,
            ..family
        })
    );
    assert_eq!(claims.subject, "user-7");
    assert_eq!(claims.scope.as_deref(), Some("orders:read"));
    assert_ne!(claims.jti, issued.access.claims.jti);
    assert_ne!(
        refreshed.refresh_token.expose(),
        issued.refresh_token.expose()
    );

    let again = refresh(&sessions, refreshed.refresh_token.expose(), "web", 200).unwrap();
    assert_eq!(again.previous_jti, claims.jti);
    assert_eq!(again.access.claims.family.unwrap().generation, 3);
}

fn the_previous_token_gets_the_same_successor_inside_the_grace_window(store: &dyn Store) {
    let sessions = sessions(store);
    let issued = issue(&sessions, 0);
    let first = refresh(&sessions, issued.refresh_token.expose(), "web", 100).unwrap();
    let seconds = 100 + i64::from(GRACE);
    let replay = refresh(&sessions, issued.refresh_token.expose(), "web", seconds).unwrap();
    assert_eq!(replay.kind, RefreshKind::Replayed);
    assert_eq!(replay.refresh_token.expose(), first.refresh_token.expose());
    // Freshly minted: nothing of the lost answer was kept.
    assert_ne!(replay.access.claims.jti, first.access.claims.jti);
    let next = refresh(&sessions, first.refresh_token.expose(), "web", seconds).unwrap();
    assert_eq!(next.kind, RefreshKind::Rotated);
}

fn the_previous_token_after_the_grace_window_revokes_the_family(store: &dyn Store) {
    let sessions = sessions(store);
    let issued = issue(&sessions, 0);
    let first = refresh(&sessions, issued.refresh_token.expose(), "web", 100).unwrap();
    let seconds = 101 + i64::from(GRACE);
    let refusal = refresh(&sessions, issued.refresh_token.expose(), "web", seconds).unwrap_err();
    assert!(refusal.is_reuse() && refusal.family_revoked());
    let known = refusal.family().unwrap();
    assert_eq!(known.subject, "user-7");
    assert_eq!(known.place.generation, 1);

    // Thief or not: nothing of this family is good any more.
    let honest = refresh(&sessions, first.refresh_token.expose(), "web", seconds).unwrap_err();
    assert_eq!(honest.reason(), Reason::RefreshUnknown);
    assert_eq!(honest.family().unwrap().subject, "user-7");
    assert!(!honest.family_revoked());
    assert!(!is_good(&sessions, &issued.access.claims, seconds));
    assert!(!is_good(&sessions, &first.access.claims, seconds));
}

fn a_clock_that_is_set_back_does_not_lengthen_the_grace_window(store: &dyn Store) {
    let sessions = sessions(store);
    let issued = issue(&sessions, 0);
    refresh(&sessions, issued.refresh_token.expose(), "web", 1_000).unwrap();
    // As far as clocks of instances may differ.
    let behind = 1_000 - i64::from(LEEWAY);
    let replay = refresh(&sessions, issued.refresh_token.expose(), "web", behind).unwrap();
    assert_eq!(replay.kind, RefreshKind::Replayed);
    let refusal = refresh(&sessions, issued.refresh_token.expose(), "web", behind - 1).unwrap_err();
    assert!(refusal.is_reuse() && refusal.family_revoked());
}

fn an_older_token_revokes_the_family_at_once(store: &dyn Store) {
    let sessions = sessions(store);
    let issued = issue(&sessions, 0);
    let second = refresh(&sessions, issued.refresh_token.expose(), "web", 1).unwrap();
    refresh(&sessions, second.refresh_token.expose(), "web", 2).unwrap();
    let refusal = refresh(&sessions, issued.refresh_token.expose(), "web", 3).unwrap_err();
    assert!(refusal.is_reuse() && refusal.family_revoked());
}

fn another_client_is_refused_and_the_family_revoked(store: &dyn Store) {
    let sessions = sessions(store);
    let issued = issue(&sessions, 0);
    let refusal = refresh(&sessions, issued.refresh_token.expose(), "app", 1).unwrap_err();
    assert_eq!(refusal.reason(), Reason::RefreshClientMismatch);
    assert!(refusal.family_revoked() && !refusal.is_reuse());
    assert_eq!(refusal.family().unwrap().client_id, "web");
    assert!(refresh(&sessions, issued.refresh_token.expose(), "web", 2).is_err());
    assert!(!is_good(&sessions, &issued.access.claims, 2));
}

fn a_family_ends_and_no_access_token_outlives_it(store: &dyn Store) {
    let sessions = sessions(store);
    let issued = issue(&sessions, 0);
    let end = i64::from(REFRESH);
    let last = refresh(&sessions, issued.refresh_token.expose(), "web", end - 5).unwrap();
    assert_eq!(last.access.expires_in, 5);
    let refusal = refresh(&sessions, last.refresh_token.expose(), "web", end).unwrap_err();
    assert_eq!(refusal.reason(), Reason::Expired);
    assert_eq!(refusal.family().unwrap().subject, "user-7");
    assert!(!refusal.family_revoked());
    // Much later it is not even known.
    let refusal = refresh(&sessions, last.refresh_token.expose(), "web", 2 * end).unwrap_err();
    assert_eq!(refusal.reason(), Reason::RefreshUnknown);
    assert!(refusal.family().is_none());
}

#[test]
fn a_guess_is_refused_without_a_look_up() {
    let sessions = crate::support::sessions_on(std::sync::Arc::new(support_state::NeverAsked));
    for guess in ["", "jwtrail_rt_", "a.b.c", &"x".repeat(100_000)] {
        let refusal = refresh(&sessions, guess, "web", 0).unwrap_err();
        assert_eq!(refusal.reason(), Reason::RefreshUnknown);
        assert!(refusal.family().is_none());
    }
    // Genuine in form, but made under another key.
    let other = crate::support::builder()
        .refresh_key([8; 32])
        .build()
        .unwrap();
    let foreign = issue(&other, 0).refresh_token;
    let refusal = refresh(&sessions, foreign.expose(), "web", 0).unwrap_err();
    assert_eq!(refusal.reason(), Reason::RefreshUnknown);
}

fn a_refresh_token_is_told_apart_at_sight_and_tells_nothing(store: &dyn Store) {
    let sessions = sessions(store);
    let issued = issue(&sessions, 0);
    let token = issued.refresh_token.expose();
    assert!(token.starts_with("jwtrail_rt_") && !token.contains('.'));
    assert_eq!(
        sessions.family_of(token),
        issued.access.claims.family.map(|family| family.id)
    );
    let refusal = refresh(&sessions, issued.access.token.expose(), "web", 1).unwrap_err();
    assert_eq!(refusal.reason(), Reason::RefreshUnknown);
    let said = format!("{issued:?} {refusal:?} {refusal} {sessions:?}");
    assert!(!said.contains(token) && !said.contains(issued.access.token.expose()));
}

mod support_state {
    use jwtrail_event::Timestamp;
    use jwtrail_session::{
        Advance, Answer, Family, FamilyId, Revocation, State, StateError, Swap, TokenIdentity,
    };

    /// A state that fails the test when it is asked anything.
    #[derive(Debug)]
    pub(super) struct NeverAsked;

    impl State for NeverAsked {
        fn open(
            &self,
            _: FamilyId,
            _: Family,
            _: Timestamp,
            _: Timestamp,
        ) -> Answer<'_, Result<(), StateError>> {
            unreachable!("opened")
        }

        fn family(
            &self,
            id: FamilyId,
            _: Timestamp,
        ) -> Answer<'_, Result<Option<Family>, StateError>> {
            unreachable!("looked {id} up")
        }

        fn advance(
            &self,
            _: FamilyId,
            _: Advance,
            _: Timestamp,
        ) -> Answer<'_, Result<Swap, StateError>> {
            unreachable!("advanced")
        }

        fn revoke_family(
            &self,
            _: FamilyId,
            _: Timestamp,
            _: Timestamp,
        ) -> Answer<'_, Result<Option<Family>, StateError>> {
            unreachable!("revoked a family")
        }

        fn revoke<'a>(
            &'a self,
            _: Revocation<'a>,
            _: Timestamp,
            _: Timestamp,
        ) -> Answer<'a, Result<(), StateError>> {
            unreachable!("revoked")
        }

        fn revoked_before<'a>(
            &'a self,
            _: &'a str,
            _: &'a str,
            _: Timestamp,
        ) -> Answer<'a, Result<Option<Timestamp>, StateError>> {
            unreachable!("asked for a subject")
        }

        fn is_revoked<'a>(
            &'a self,
            _: TokenIdentity<'a>,
            _: Timestamp,
        ) -> Answer<'a, Result<bool, StateError>> {
            unreachable!("asked for a token")
        }
    }
}
