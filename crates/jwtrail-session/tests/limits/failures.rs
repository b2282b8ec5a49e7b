use jwtrail_event::Reason;
use jwtrail_session::{Limit, Limited, Limits, Quota, UnusableLimits};

use crate::support::{Issuer, address, at};

/// Three failures at once, then one a second.
fn limits() -> Limits {
    Limits::builder()
        .failures_per_address(Quota::per_minute(60).burst(3))
        .trials_per_address(Quota::per_minute(60).burst(2))
        .build()
        .unwrap()
}

/// Fails with a token that nobody sent before.
fn fail(limits: &Limits, from: u32, number: u32, second: i64) -> Result<(), Limited> {
    let fingerprint = format!("k1:{from}-{number}");
    let fingerprint = Some(fingerprint.as_str());
    limits.failed(address(from), fingerprint, Reason::BadSignature, at(second))
}

#[test]
fn failures_are_charged_to_their_address_alone() {
    let limits = limits();
    for number in 0..3 {
        assert!(!limits.is_over(address(1), at(0)));
        assert_eq!(fail(&limits, 1, number, 0), Ok(()));
    }
    assert!(limits.is_over(address(1), at(0)));
    let limited = fail(&limits, 1, 3, 0).unwrap_err();
    assert_eq!(
        (limited.limit, limited.retry_after),
        (Limit::Failures, 1),
        "{limited:?}"
    );
    assert!(!limits.is_over(address(2), at(0)));
    assert_eq!(fail(&limits, 2, 0, 0), Ok(()));
    // What was refused costs nothing: a second later one more may fail.
    assert!(!limits.is_over(address(1), at(1)));
    assert_eq!(fail(&limits, 1, 4, 1), Ok(()));
    assert!(limits.is_over(address(1), at(1)));
}

#[test]
fn an_ipv6_address_counts_by_its_64() {
    let limits = limits();
    let fail = |text: &str| {
        let address = text.parse().unwrap();
        limits.failed(address, None, Reason::MalformedHeader, at(0))
    };
    for host in ["2001:db8::1", "2001:db8::2", "2001:db8:0:0:9::3"] {
        assert_eq!(fail(host), Ok(()));
    }
    assert!(fail("2001:db8::4").is_err());
    assert_eq!(fail("2001:db8:0:1::1"), Ok(()));
}

#[test]
fn one_token_may_fail_only_so_often_wherever_it_comes_from() {
    let limits = Limits::builder()
        .failures_per_token(Quota::per_minute(60).burst(2))
        .build()
        .unwrap();
    let fail = |from, token| {
        let reason = Reason::BadAudience;
        limits.failed(address(from), Some(token), reason, at(0))
    };
    assert_eq!(fail(1, "k1:a"), Ok(()));
    assert_eq!(fail(2, "k1:a"), Ok(()));
    assert_eq!(fail(3, "k1:a").unwrap_err().limit, Limit::TokenFailures);
    assert_eq!(fail(3, "k1:b"), Ok(()));
}

#[test]
fn an_office_whose_tokens_end_together_is_not_limited() {
    let limits = limits();
    for number in 0..100 {
        let fingerprint = format!("k1:{number}");
        let failed = limits.failed(address(1), Some(&fingerprint), Reason::Expired, at(0));
        assert_eq!(failed, Ok(()));
    }
    assert!(!limits.is_over(address(1), at(0)));
}

#[test]
fn what_is_not_the_clients_fault_is_charged_to_nobody() {
    let limits = limits();
    for reason in [
        Reason::KeyUnavailable,
        Reason::BackendUnavailable,
        Reason::ProofNonceRequired,
    ] {
        for _ in 0..100 {
            assert_eq!(
                limits.failed(address(1), Some("k1:a"), reason, at(0)),
                Ok(())
            );
        }
    }
    assert!(!limits.is_over(address(1), at(0)));
}

#[test]
fn trials_are_few_and_good_tokens_use_none_up() {
    let limits = limits();
    for _ in 0..100 {
        assert_eq!(limits.try_anyway(address(1), at(0)), Ok(()));
        limits.held(address(1));
    }
    assert_eq!(limits.try_anyway(address(1), at(0)), Ok(()));
    assert_eq!(limits.try_anyway(address(1), at(0)), Ok(()));
    let limited = limits.try_anyway(address(1), at(0)).unwrap_err();
    assert_eq!(limited.quota, Quota::per_minute(60).burst(3));
    assert_eq!(limited.limit, Limit::Failures);
    assert_eq!(limits.try_anyway(address(2), at(0)), Ok(()));
    assert_eq!(limits.try_anyway(address(1), at(1)), Ok(()));
}

#[test]
fn an_address_above_half_of_what_is_accepted_is_told_once_and_not_limited() {
    let (limits, issuer) = (limits(), Issuer::new());
    let people: Vec<_> = (0..100)
        .map(|number| issuer.token(&format!("user-{number}"), "orders:read"))
        .collect();
    let told = people.iter().cycle().take(5_000).zip(0_u32..);
    let told: Vec<u32> = told
        .filter_map(|(token, number)| {
            // One of three comes from elsewhere.
            let from = if number % 3 == 0 { 100 + number } else { 1 };
            limits.accepted(address(from), token).then_some(from)
        })
        .collect();
    assert_eq!(told, [1]);
    for number in 0..100 {
        assert_eq!(fail(&limits, 1, number, 0), Ok(()));
    }
    assert!(!limits.is_over(address(1), at(0)));
    assert!((0..4).any(|number| fail(&limits, 2, number, 0).is_err()));
}

#[test]
fn no_flood_of_bad_tokens_makes_an_address_look_like_a_proxy() {
    let limits = limits();
    let limited = (0..10_000).filter(|number| fail(&limits, 1, *number, 0).is_err());
    assert_eq!(limited.count(), 10_000 - 3);
}

#[test]
fn unusable_limits_are_refused_when_they_are_built() {
    let nothing = Quota::per_second(0);
    for builder in [
        Limits::builder().failures_per_address(nothing),
        Limits::builder().trials_per_address(nothing),
        Limits::builder().failures_per_token(nothing),
        Limits::builder().per_subject(nothing),
        Limits::builder().per_token(nothing),
        Limits::builder().route("/", nothing),
        Limits::builder().scope_class("admin", nothing),
    ] {
        let refused = builder.build().unwrap_err();
        assert!(matches!(refused, UnusableLimits::Quota { .. }), "{refused}");
    }
    let quota = Quota::per_second(1);
    let class = Limits::builder().scope_class("", quota);
    assert_eq!(class.build().unwrap_err(), UnusableLimits::ScopeClass);
    let no_room = Limits::builder().capacity(0);
    assert_eq!(no_room.build().unwrap_err(), UnusableLimits::Capacity);
}
