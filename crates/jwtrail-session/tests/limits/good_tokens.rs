use jwtrail_session::{Limit, Limits, LimitsBuilder, Quota};

use crate::support::{Issuer, admit as admit_in, at};

fn two_at_once() -> Quota {
    Quota::per_minute(60).burst(2)
}

fn limits(declare: impl FnOnce(LimitsBuilder) -> LimitsBuilder) -> Limits {
    declare(Limits::builder()).build().unwrap()
}

#[test]
fn nothing_is_limited_that_was_not_declared() {
    let (limits, issuer) = (limits(|builder| builder), Issuer::new());
    assert!(!limits.limits_good_tokens());
    let token = issuer.token("alice", "orders:read");
    for _ in 0..10_000 {
        assert_eq!(admit_in(&limits, &token, || "/orders", at(0)), Ok(()));
    }
}

#[test]
fn a_subject_is_limited_over_all_its_tokens() {
    let limits = limits(|builder| builder.per_subject(two_at_once()));
    assert!(limits.limits_good_tokens());
    let issuer = Issuer::new();
    let admit = |subject| {
        admit_in(
            &limits,
            &issuer.token(subject, "orders:read"),
            || "/orders",
            at(0),
        )
    };
    assert_eq!(admit("alice"), Ok(()));
    assert_eq!(admit("alice"), Ok(()));
    let limited = admit("alice").unwrap_err();
    assert_eq!((limited.limit, limited.retry_after), (Limit::Subject, 1));
    assert_eq!(admit("bob"), Ok(()));
}

#[test]
fn a_token_is_limited_by_itself() {
    let limits = limits(|builder| builder.per_token(two_at_once()));
    let issuer = Issuer::new();
    let token = issuer.token("alice", "orders:read");
    let admit = |token| admit_in(&limits, token, || "/orders", at(0));
    assert_eq!(admit(&token), Ok(()));
    assert_eq!(admit(&token), Ok(()));
    assert_eq!(admit(&token).unwrap_err().limit, Limit::Token);
    assert_eq!(admit(&issuer.token("alice", "orders:read")), Ok(()));
}

#[test]
fn a_class_of_scopes_is_limited_for_each_subject() {
    let limits = limits(|builder| builder.scope_class("admin", two_at_once()));
    assert!(limits.scope_classes().eq(["admin"]));
    let issuer = Issuer::new();
    let admit =
        |subject, scope| admit_in(&limits, &issuer.token(subject, scope), || "/orders", at(0));
    assert_eq!(admit("alice", "orders:read orders:admin"), Ok(()));
    assert_eq!(admit("alice", "users:admin"), Ok(()));
    let limited = admit("alice", "users:admin").unwrap_err();
    assert_eq!(limited.limit, Limit::ScopeClass);
    assert_eq!(admit("alice", "orders:read"), Ok(()));
    assert_eq!(admit("bob", "orders:admin"), Ok(()));
}

#[test]
fn a_route_is_limited_for_each_subject() {
    let limits = limits(|builder| builder.route("/reports/{id}", two_at_once()));
    let issuer = Issuer::new();
    let admit = |subject, route| {
        admit_in(
            &limits,
            &issuer.token(subject, "orders:read"),
            || route,
            at(0),
        )
    };
    assert_eq!(admit("alice", "/reports/{id}"), Ok(()));
    assert_eq!(admit("alice", "/reports/{id}"), Ok(()));
    let limited = admit("alice", "/reports/{id}").unwrap_err();
    assert_eq!(limited.limit, Limit::Route);
    assert_eq!(admit("alice", "/orders"), Ok(()));
    assert_eq!(admit("bob", "/reports/{id}"), Ok(()));
}

#[test]
fn what_one_limit_refuses_is_charged_to_none() {
    let issuer = Issuer::new();
    let limits = limits(|builder| {
        let builder = builder.per_subject(Quota::per_minute(60).burst(3));
        builder.route("/reports", Quota::per_minute(60).burst(1))
    });
    let token = issuer.token("alice", "orders:read");
    assert_eq!(admit_in(&limits, &token, || "/reports", at(0)), Ok(()));
    for _ in 0..10 {
        let limited = admit_in(&limits, &token, || "/reports", at(0)).unwrap_err();
        assert_eq!(limited.limit, Limit::Route);
    }
    // Two of the subject's three are left.
    assert_eq!(admit_in(&limits, &token, || "/orders", at(0)), Ok(()));
    assert_eq!(admit_in(&limits, &token, || "/orders", at(0)), Ok(()));
    let limited = admit_in(&limits, &token, || "/orders", at(0)).unwrap_err();
    assert_eq!(limited.limit, Limit::Subject);
}

#[test]
fn each_limit_on_good_tokens_counts_alone() {
    let declared: [fn(LimitsBuilder) -> LimitsBuilder; 4] = [
        |builder| builder.per_subject(two_at_once()),
        |builder| builder.per_token(two_at_once()),
        |builder| builder.scope_class("admin", two_at_once()),
        |builder| builder.route("/orders", two_at_once()),
    ];
    for declare in declared {
        assert!(limits(declare).limits_good_tokens());
    }
    let refreshes = limits(|builder| builder.refreshes_per_subject(two_at_once()));
    assert!(!refreshes.limits_good_tokens());
}

#[test]
fn no_route_is_asked_for_unless_one_is_limited() {
    let limits = limits(|builder| builder.per_subject(two_at_once()));
    let token = Issuer::new().token("alice", "orders:read");
    let asked = || unreachable!("asked for the route");
    assert_eq!(admit_in(&limits, &token, asked, at(0)), Ok(()));
}
