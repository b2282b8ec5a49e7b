use jwtrail_event::Timestamp;
use proptest::prelude::*;

fn parsed(text: &str) -> Option<i64> {
    text.parse().ok().map(Timestamp::as_micros)
}

#[test]
fn known_moments_are_read_and_written() {
    for (text, micros) in [
        ("1970-01-01T00:00:00.000000Z", 0),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("2000-02-29T12:00:00.000000Z", 951_825_600_000_000),
        ("2026-01-02T03:04:05.000006Z", 1_767_323_045_000_006),
        ("2038-01-19T03:14:08.000000Z", 2_147_483_648_000_000),
        ("9999-12-31T23:59:59.999999Z", Timestamp::MAX.as_micros()),
        ("0000-01-01T00:00:00.000000Z", Timestamp::MIN.as_micros()),
    ] {
        assert_eq!(Timestamp::from_micros(micros).to_string(), text);
        assert_eq!(parsed(text), Some(micros), "{text}");
    }
}

#[test]
fn other_forms_of_rfc_3339_are_read() {
    let second = 1_767_323_045_000_000;
    for (text, micros) in [
        ("2026-01-02T03:04:05Z", second),
        ("2026-01-02T05:04:05+02:00", second),
        ("2026-01-01T22:34:05.5-04:30", second + 500_000),
        ("2026-01-02T03:04:05.123456789Z", second + 123_456),
        ("1969-12-31T23:59:59.9999999Z", -1),
    ] {
        assert_eq!(parsed(text), Some(micros), "{text}");
    }
}

#[test]
fn what_is_no_moment_is_refused() {
    for text in [
        "",
        "now",
        "1767323045",
        "2026-01-02",
        "2026-01-02T03:04:05",
        "2026-02-30T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-02T25:00:00Z",
        "2026-01-02T03:04:05.Z",
        "10000-01-01T00:00:00Z",
        " 2026-01-02T03:04:05Z",
    ] {
        assert_eq!(parsed(text), None, "{text}");
    }
}

#[test]
fn moments_beyond_the_ends_are_clamped() {
    assert_eq!(Timestamp::from_micros(i64::MAX), Timestamp::MAX);
    assert_eq!(Timestamp::from_seconds(i64::MAX), Timestamp::MAX);
    assert_eq!(Timestamp::from_millis(i64::MIN), Timestamp::MIN);
    assert_eq!(Timestamp::MAX.plus_micros(1), Timestamp::MAX);
    assert_eq!(Timestamp::MIN.plus_micros(i64::MIN), Timestamp::MIN);
    assert_eq!(
        parsed("9999-12-31T23:59:59-23:59"),
        Some(Timestamp::MAX.as_micros())
    );
    assert_eq!(
        parsed("0000-01-01T00:00:00+23:59"),
        Some(Timestamp::MIN.as_micros())
    );
}

#[test]
fn whole_seconds_before_the_epoch_round_down() {
    let moment = Timestamp::from_micros(-1);
    assert_eq!(moment.as_seconds(), -1);
    assert_eq!(moment.as_millis(), -1);
    assert_eq!(
        Timestamp::from_seconds(7).micros_since(Timestamp::from_seconds(5)),
        2_000_000
    );
}

proptest! {
    #[test]
    fn every_moment_reads_back(micros in Timestamp::MIN.as_micros()..=Timestamp::MAX.as_micros()) {
        let moment = Timestamp::from_micros(micros);
        prop_assert_eq!(moment.to_string().parse(), Ok(moment));
        prop_assert_eq!(moment.to_string().len(), 27);
    }

    #[test]
    fn text_order_is_time_order(a in any::<i64>(), b in any::<i64>()) {
        let (a, b) = (Timestamp::from_micros(a), Timestamp::from_micros(b));
        prop_assert_eq!(a.to_string().cmp(&b.to_string()), a.cmp(&b));
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        if let Ok(moment) = text.parse::<Timestamp>() {
            prop_assert!((Timestamp::MIN..=Timestamp::MAX).contains(&moment));
        }
    }
}
