use jwtrail_event::{Reason, Timestamp};
use jwtrail_session::{Limits, Quota};

use crate::support::{address, at};

/// Ten million addresses, each with one failure, within ten seconds.
///
/// The places are allotted once and never grow, so what is shown here is that nobody escapes
/// through the flood: neither an address over its limit, nor one on its way there.
#[test]
fn ten_million_addresses_lift_nobodys_limit() {
    let limits = Limits::builder()
        .failures_per_address(Quota::per_minute(60).burst(30))
        .capacity(8_192)
        .build()
        .unwrap();
    let fail = |from, now| limits.failed(address(from), None, Reason::BadSignature, now);
    let (over, half_way) = (20_000_000, 20_000_001);
    for _ in 0..30 {
        assert_eq!(fail(over, at(0)), Ok(()));
    }
    for _ in 0..20 {
        assert_eq!(fail(half_way, at(0)), Ok(()));
    }
    for number in 0..10_000_000 {
        let now = Timestamp::from_micros(at(0).as_micros() + i64::from(number));
        assert_eq!(fail(number, now), Ok(()));
        if number % 10_000 == 0 {
            // Each second it may fail once more, and no more than that.
            let due = i64::from(number / 1_000_000);
            let passed = (0..3).filter(|_| fail(over, now).is_ok()).count();
            let expected = usize::from(due > 0 && number % 1_000_000 == 0);
            assert_eq!(passed, expected, "at {number}");
        }
    }
    // It owed 20 and has worked off 10.
    let left = (0..100).filter(|_| fail(half_way, at(10)).is_ok()).count();
    assert_eq!(left, 20);
    assert!(limits.untracked() < 10_000_000);
}

/// When every place is taken by a key over its limit, they stay closed, and those who come new
/// are let through, and counted.
#[test]
fn a_flood_of_keys_over_their_limit_is_counted() {
    let limits = Limits::builder()
        .failures_per_address(Quota::per_minute(60).burst(2))
        .capacity(128)
        .build()
        .unwrap();
    let fail = |from| limits.failed(address(from), None, Reason::BadSignature, at(0));
    let closed = |from| (0..3).any(|_| fail(from).is_err());
    let kept: Vec<u32> = (0..10_000).filter(|from| closed(*from)).collect();
    assert!(limits.untracked() > 0);
    assert!(kept.len() >= 128, "{}", kept.len());
    assert!(
        kept.iter()
            .all(|from| limits.is_over(address(*from), at(0)))
    );
}
