use std::borrow::Cow;

use jwtrail_event::{Record, Text};

use super::field::Value;
use crate::key::{address_key, network_of};

/// The client's address: of IPv6 the /64.
pub(super) fn address<'r>(record: &'r Record<'_>) -> Value<'r> {
    match &record.client_ip {
        Some(address) => match address_key(address.as_str()) {
            Cow::Borrowed(text) => Value::Text(text),
            Cow::Owned(text) => Value::Derived(text),
        },
        None => Value::Absent,
    }
}

/// The /24 or /48 that the client's address lies in.
pub(super) fn network<'r>(record: &'r Record<'_>) -> Value<'r> {
    match &record.client_ip {
        Some(address) => Value::Derived(network_of(address.as_str())),
        None => Value::Absent,
    }
}

/// The minute that the event fell in, counted from 1970.
pub(super) fn minute(record: &Record<'_>) -> i64 {
    record.time.as_millis().div_euclid(MINUTE)
}

/// The hour of the day, UTC.
pub(super) fn hour(record: &Record<'_>) -> i64 {
    record.time.as_millis().div_euclid(HOUR).rem_euclid(24)
}

/// The day of the week in UTC: 1 is Monday (ISO 8601), as 1 January 1970 was a Thursday.
pub(super) fn weekday(record: &Record<'_>) -> i64 {
    let day = record.time.as_millis().div_euclid(24 * HOUR);
    (day + 3).rem_euclid(7) + 1
}

/// What was tried: the token by its fingerprint, else the name that was given.
pub(super) fn credential<'r>(record: &'r Record<'_>) -> Value<'r> {
    let fields = [&record.token_fp, &record.claimed_sub, &record.token_sub];
    let first = fields.into_iter().flatten().next();
    first.map_or(Value::Absent, |text: &Text<'_>| Value::Text(text.as_str()))
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

#[cfg(test)]
mod tests {
    use jwtrail_event::{EventName, Outcome, Record, Timestamp};

    use super::{hour, minute, weekday};

    #[test]
    fn days_and_hours_are_those_of_the_calendar() {
        let at = |seconds| {
            let time = Timestamp::from_seconds(seconds);
            let record = Record::new(EventName::TokenAccepted, Outcome::Success, time);
            (weekday(&record), hour(&record), minute(&record))
        };
        assert_eq!(at(0), (4, 0, 0));
        assert_eq!(at(4 * 86_400), (1, 0, 4 * 1440));
        // 2026-11-26 is a Thursday.
        assert_eq!(at(1_795_651_200 + 3 * 3_600 + 61).0, 4);
        assert_eq!(at(1_795_651_200 + 3 * 3_600 + 61).1, 3);
    }
}
