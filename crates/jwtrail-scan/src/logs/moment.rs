use jwtrail_event::Timestamp;
use time::format_description::{BorrowedFormatItem, well_known::Rfc2822};
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime};

/// A time as a log states it.
///
/// ```
/// use jwtrail_scan::logs::{Moment, Notation};
/// let moment = Moment::read("2026-01-02T03:04:05+01:00").unwrap();
/// assert_eq!(moment.notation, Notation::Rfc3339);
/// assert_eq!(Moment::read("1767319445000").unwrap().at, moment.at);
/// assert!(Moment::read("yesterday").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Moment {
    /// The time; read as UTC where the text names no offset.
    pub at: Timestamp,
    /// How it was written.
    pub notation: Notation,
}

/// How a time was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notation {
    /// RFC 3339, which has an offset.
    Rfc3339,
    /// A number since 1970: unambiguous, but not for people.
    Epoch,
    /// Another form that has an offset, as in the common log format.
    OtherWithOffset,
    /// A form without an offset: what it means depends on a machine's setting.
    NoOffset,
}

impl Moment {
    /// Reads a time in any form that logs commonly have.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('[').trim_end_matches(']');
        if text.len() > LONGEST {
            return None;
        }
        let as_rfc3339 = || text.parse().ok().map(|at| Self::of(at, Notation::Rfc3339));
        as_rfc3339()
            .or_else(|| epoch(text))
            .or_else(|| with_offset(text))
            .or_else(|| without_offset(text))
    }

    const fn of(at: Timestamp, notation: Notation) -> Self {
        Self { at, notation }
    }
}

/// Seconds, with or without a fraction, or milli-, micro- or nanoseconds: which of them, the
/// size tells. Only the years 2001 to 2286 are taken for times.
fn epoch(text: &str) -> Option<Moment> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let micros = match text.split_once('.') {
        Some((whole, fraction)) if whole.len() == 10 && digits(whole) && digits(fraction) => {
            let fraction = fraction.get(..fraction.len().min(6))?;
            let missing = u32::try_from(6 - fraction.len()).ok()?;
            whole.parse::<i64>().ok()? * 1_000_000
                + fraction.parse::<i64>().ok()? * 10_i64.pow(missing)
        }
        None if digits(text) => match text.len() {
            10 => text.parse::<i64>().ok()? * 1_000_000,
            13 => text.parse::<i64>().ok()? * 1_000,
            16 => text.parse::<i64>().ok()?,
            19 => text.parse::<i64>().ok()? / 1_000,
            _ => return None,
        },
        _ => return None,
    };
    Some(Moment::of(Timestamp::from_micros(micros), Notation::Epoch))
}

fn with_offset(text: &str) -> Option<Moment> {
    let parse = |format: &[BorrowedFormatItem<'_>]| OffsetDateTime::parse(text, format).ok();
    let date = parse(COMMON)
        .or_else(|| parse(SPACED_OFFSET))
        .or_else(|| parse(ISO_SHORT_OFFSET))
        .or_else(|| OffsetDateTime::parse(text, &Rfc2822).ok())?;
    Some(Moment::of(stamp(date)?, Notation::OtherWithOffset))
}

fn without_offset(text: &str) -> Option<Moment> {
    // Python writes a comma before the milliseconds.
    let text = text.replace(',', ".");
    let date = NO_OFFSET
        .iter()
        .find_map(|format| PrimitiveDateTime::parse(&text, format).ok())?;
    Some(Moment::of(stamp(date.assume_utc())?, Notation::NoOffset))
}

fn stamp(date: OffsetDateTime) -> Option<Timestamp> {
    // The year 0 is a default, not a time.
    (date.date() > Date::MIN).then_some(())?;
    let micros = date.unix_timestamp_nanos().div_euclid(1_000);
    i64::try_from(micros).ok().map(Timestamp::from_micros)
}

/// The longest text that is taken for a time, in bytes.
const LONGEST: usize = 64;

/// The common log format's.
const COMMON: &[BorrowedFormatItem<'_>] = format_description!(
    "[day]/[month repr:short]/[year]:[hour]:[minute]:[second] [offset_hour sign:mandatory][offset_minute]"
);
const SPACED_OFFSET: &[BorrowedFormatItem<'_>] = format_description!(
    "[year]-[month]-[day] [hour]:[minute]:[second][optional [.[subsecond]]] [offset_hour sign:mandatory][optional [:]][offset_minute]"
);
/// ISO 8601 with an offset that has no colon, which RFC 3339 does not allow.
const ISO_SHORT_OFFSET: &[BorrowedFormatItem<'_>] = format_description!(
    "[year]-[month]-[day]T[hour]:[minute]:[second][optional [.[subsecond]]][offset_hour sign:mandatory][offset_minute]"
);
const NO_OFFSET: [&[BorrowedFormatItem<'_>]; 5] = [
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second][optional [.[subsecond]]]"),
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second][optional [.[subsecond]]]"),
    // werkzeug's
    format_description!("[day]/[month repr:short]/[year] [hour]:[minute]:[second]"),
    format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second]"),
    format_description!("[year]/[month]/[day] [hour]:[minute]:[second][optional [.[subsecond]]]"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_common_form_is_read() {
        use Notation::{Epoch, NoOffset, OtherWithOffset, Rfc3339};
        let at: Timestamp = "2026-11-26T02:03:04Z".parse().unwrap();
        for (text, notation) in [
            ("2026-11-26T02:03:04Z", Rfc3339),
            ("2026-11-26T03:03:04.000+01:00", Rfc3339),
            ("1795658584", Epoch),
            ("1795658584000", Epoch),
            ("1795658584000000", Epoch),
            ("1795658584000000000", Epoch),
            ("1795658584.000", Epoch),
            ("[26/Nov/2026:03:03:04 +0100]", OtherWithOffset),
            ("2026-11-26 02:03:04 +0000", OtherWithOffset),
            ("2026-11-26T02:03:04.000+0000", OtherWithOffset),
            ("Thu, 26 Nov 2026 02:03:04 GMT", OtherWithOffset),
            ("26/Nov/2026 02:03:04", NoOffset),
            ("2026-11-26 02:03:04,000", NoOffset),
            ("2026-11-26T02:03:04.000", NoOffset),
            ("2026/11/26 02:03:04", NoOffset),
        ] {
            assert_eq!(Moment::read(text), Some(Moment::of(at, notation)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "401",
            "12345678",
            "alice",
            "00000000001",
            "1.5",
            "99.9999",
        ] {
            assert_eq!(Moment::read(text), None, "{text}");
        }
    }
}
