//! How often a subject may refresh.

use jwtrail_event::Reason;
use jwtrail_session::{Limit, Limits, Quota, RefreshKind, RefreshRefusal, Refreshed, Sessions};

use crate::stores::{Memory, Store, on_each_state};
use crate::support::{GRACE, at, issue, sessions, wait_for};

on_each_state! {
    a_refresh_over_the_limit_is_refused_and_the_token_stays_good,
    an_old_token_is_found_out_however_often_was_refreshed,
}

fn two_at_once() -> Limits {
    let limits = Limits::builder().refreshes_per_subject(Quota::per_minute(60).burst(2));
    limits.build().unwrap()
}

fn refresh_within(
    sessions: &Sessions,
    limits: &Limits,
    token: &str,
    seconds: i64,
) -> Result<Refreshed, RefreshRefusal> {
    let told = |sharing| unreachable!("nothing is shared: {sharing:?}");
    wait_for(sessions.refresh_within(limits, told, token, "web", at(seconds)))
}

fn a_refresh_over_the_limit_is_refused_and_the_token_stays_good(store: &dyn Store) {
    let (sessions, limits) = (sessions(store), two_at_once());
    let first = issue(&sessions, 0).refresh_token;
    let second = refresh_within(&sessions, &limits, first.expose(), 0).unwrap();
    assert_eq!(second.kind, RefreshKind::Rotated);
    // A replay counts, too.
    let replay = refresh_within(&sessions, &limits, first.expose(), 0).unwrap();
    assert_eq!(replay.kind, RefreshKind::Replayed);
    let token = second.refresh_token;
    for again in [&first, &token] {
        let refusal = refresh_within(&sessions, &limits, again.expose(), 0).unwrap_err();
        assert_eq!(refusal.reason(), Reason::RateLimited);
        let limited = refusal.limited().unwrap();
        assert_eq!((limited.limit, limited.retry_after), (Limit::Refreshes, 1));
        assert_eq!(refusal.family().unwrap().subject, "user-7");
        assert!(!refusal.family_revoked() && !refusal.is_reuse());
    }
    let third = refresh_within(&sessions, &limits, token.expose(), 1).unwrap();
    assert_eq!(third.access.claims.family.unwrap().generation, 3);
}

fn an_old_token_is_found_out_however_often_was_refreshed(store: &dyn Store) {
    let (sessions, limits) = (sessions(store), two_at_once());
    let first = issue(&sessions, 0).refresh_token;
    let second = refresh_within(&sessions, &limits, first.expose(), 0).unwrap();
    refresh_within(&sessions, &limits, second.refresh_token.expose(), 0).unwrap();
    let refusal = refresh_within(&sessions, &limits, first.expose(), 0).unwrap_err();
    assert_eq!(refusal.reason(), Reason::RefreshReused);
    assert!(refusal.family_revoked());
    assert_eq!(refusal.limited(), None);
}

#[test]
fn what_is_not_limited_is_not_counted() {
    let sessions = sessions(&Memory);
    let limits = Limits::builder().build().unwrap();
    let mut token = issue(&sessions, 0).refresh_token;
    for _ in 0..100 {
        let seconds = i64::from(GRACE);
        let refreshed = refresh_within(&sessions, &limits, token.expose(), seconds);
        token = refreshed.unwrap().refresh_token;
    }
}
