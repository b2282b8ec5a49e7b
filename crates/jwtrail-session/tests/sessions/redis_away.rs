//! A Redis that is gone, comes back, stands still, or is not what it should be.

use std::sync::Arc;
use std::time::Duration;

use jwtrail_session::{
    Grant, Redis, RedisFailure, RedisState, RefreshKind, SessionError, Sessions, StateError,
    TokenId, UnusableRedis,
};
use jwtrail_testkit::RedisServer;

use crate::redis::{PATIENCE, server, until};
use crate::relay::losing;
use crate::support::{ISSUER, at, identity, is_good, issue, refresh, sessions_on, wait_for};

fn sessions(address: &str, deadline: Duration) -> Sessions {
    let redis = Redis::builder(address).deadline(deadline).build().unwrap();
    sessions_on(Arc::new(RedisState::new(&redis, [5; 32]).unwrap()))
}

pub(crate) fn failure(error: &StateError) -> &RedisFailure {
    let StateError::Unavailable(source) = error else {
        panic!("{error:?}")
    };
    source.downcast_ref().unwrap()
}

#[test]
fn killed_and_started_again_on_its_data_it_is_used_without_a_restart() {
    let Some(mut server) = server() else { return };
    let sessions = sessions(&server.address(), PATIENCE);
    let (kept, revoked) = (issue(&sessions, 0), issue(&sessions, 0));
    let id = TokenId::Jti(&revoked.access.claims.jti);
    wait_for(sessions.revoke_token(ISSUER, id, at(0))).unwrap();

    server.kill().unwrap();
    let token = kept.refresh_token.expose();
    let refusal = refresh(&sessions, token, "web", 1).unwrap_err();
    assert_eq!(refusal.reason(), jwtrail_event::Reason::BackendUnavailable);
    assert!(!is_good(&sessions, &kept.access.claims, 1));

    server.start_again().unwrap();
    until(|| is_good(&sessions, &kept.access.claims, 1));
    assert!(!is_good(&sessions, &revoked.access.claims, 1));
    let refreshed = refresh(&sessions, token, "web", 1).unwrap();
    assert_eq!(refreshed.kind, RefreshKind::Rotated);
}

#[test]
fn one_that_was_started_anew_between_two_calls_is_not_noticed() {
    let Some(mut server) = server() else { return };
    let sessions = sessions(&server.address(), PATIENCE);
    let issued = issue(&sessions, 0);
    server.kill().unwrap();
    server.start_again().unwrap();
    let refreshed = refresh(&sessions, issued.refresh_token.expose(), "web", 1).unwrap();
    assert_eq!(refreshed.kind, RefreshKind::Rotated);
}

#[test]
fn one_whose_answers_are_lost_again_and_again_is_asked_twice() {
    let Some(server) = server() else { return };
    let sessions = sessions(&losing(&server, 9, b"GET"), PATIENCE);
    let refused = wait_for(sessions.revoke_subject(ISSUER, "user-7", at(0))).unwrap_err();
    assert!(matches!(failure(&refused), RedisFailure::Refused(_)));
    let asked = server.cli(&["info", "commandstats"]).unwrap();
    assert!(asked.contains("cmdstat_get:calls=2,"), "{asked}");
}

/// Asked again, Redis would say that there is such a family already.
#[test]
fn a_login_whose_answer_was_lost_is_refused_and_not_asked_again() {
    let Some(server) = server() else { return };
    // So that the script is known.
    issue(&sessions(&server.address(), PATIENCE), 0);
    let sessions = sessions(&losing(&server, 1, b"EVALSHA"), PATIENCE);
    let grant = Grant::new("user-7", "web");
    let SessionError::State(refused) = wait_for(sessions.issue(grant, at(0))).unwrap_err() else {
        panic!("not for want of Redis")
    };
    assert!(matches!(failure(&refused), RedisFailure::Refused(_)));
}

#[test]
fn one_that_stands_still_is_waited_for_until_the_deadline() {
    let Some(server) = server() else { return };
    let patient = sessions(&server.address(), PATIENCE);
    let issued = issue(&patient, 0);
    let sessions = sessions(&server.address(), Duration::from_millis(300));
    until(|| is_good(&sessions, &issued.access.claims, 0));
    server.pause().unwrap();
    let late = wait_for(sessions.revoke_subject(ISSUER, "user-7", at(0))).unwrap_err();
    assert!(matches!(
        failure(&late),
        RedisFailure::Deadline { deadline } if deadline.as_millis() == 300
    ));
    // When no connection can be made either, nobody waits any more.
    until(|| {
        let refused = wait_for(sessions.revoke_subject(ISSUER, "user-7", at(0))).unwrap_err();
        matches!(failure(&refused), RedisFailure::Unreachable(_))
    });
    server.resume().unwrap();
    until(|| wait_for(sessions.revoke_subject(ISSUER, "user-8", at(0))).is_ok());
}

#[test]
fn a_password_is_used_and_told_to_nobody() {
    let options = ["--requirepass", "hunter2-and-more"];
    let Some(server) = RedisServer::start_with(&options).unwrap() else {
        return;
    };
    let good = format!("redis://:hunter2-and-more@{}", server.host());
    let sessions_ = sessions(&good, PATIENCE);
    let issued = issue(&sessions_, 0);
    let check = sessions_.check_identity(identity(&issued.access.claims), at(0));
    assert!(wait_for(check.into_future()).is_ok());

    let builder = Redis::builder(&good);
    let wrong = format!("redis://:hunter2-is-wrong@{}", server.host());
    let refused = sessions(&wrong, PATIENCE);
    let error = wait_for(refused.revoke_subject(ISSUER, "user-7", at(0))).unwrap_err();
    let cause = failure(&error);
    assert!(matches!(cause, RedisFailure::Unreachable(_)), "{cause:?}");
    for text in [
        format!("{builder:?} {sessions_:?} {refused:?}"),
        format!("{error} {error:?} {cause} {cause:?}"),
    ] {
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn what_can_not_be_used_is_refused_when_it_is_built() {
    let at = |address: &str| Redis::builder(address);
    let good = "redis://127.0.0.1:1";
    let refused = at("localhost").build().unwrap_err();
    assert!(matches!(refused, UnusableRedis::Address));
    // Another machine by its looks, and yet nobody but this one.
    let secret = "redis://:hunter2@[::ffff:127.0.0.1]:1";
    let refused = at(secret).build().unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the password of redis would go to ::ffff:127.0.0.1:1 in clear, where anybody on \
         the way can read it; use `rediss` (with the feature `redis-tls`), or \
         `dangerous_plaintext`"
    );
    assert!(!format!("{refused:?}").contains("hunter2"));
    assert!(at(secret).dangerous_plaintext().build().is_ok());
    for prefix in ["", "a b", "a{b}", &"a".repeat(65)] {
        let refused = at(good).prefix(prefix).build().unwrap_err();
        assert!(matches!(refused, UnusableRedis::Prefix), "{prefix:?}");
    }
    assert!(at(good).prefix(&"a".repeat(64)).build().is_ok());
    let refused = at(good).deadline(Duration::ZERO).build().unwrap_err();
    assert!(matches!(refused, UnusableRedis::Deadline));
    let redis = at(good).build().unwrap();
    let refused = RedisState::new(&redis, [0; 32]).unwrap_err();
    assert!(matches!(refused, UnusableRedis::Key));
}
