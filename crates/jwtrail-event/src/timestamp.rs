use std::fmt;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
///
/// On the wire it is RFC 3339 in UTC with six digits of a second.
///
/// ```
/// use jwtrail_event::Timestamp;
/// let time: Timestamp = "2026-01-02T03:04:05.000006Z".parse().unwrap();
/// assert_eq!(time.to_string(), "2026-01-02T03:04:05.000006Z");
/// assert_eq!(time.as_micros() % 1_000_000, 6);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The last moment that RFC 3339 can write: the end of the year 9999.
    pub const MAX: Self = Self(253_402_300_799_999_999);
    /// The first moment that we write: the start of the year 0.
    pub const MIN: Self = Self(-62_167_219_200_000_000);

    /// From microseconds since the epoch, clamped to what RFC 3339 can write.
    #[must_use]
    pub fn from_micros(micros: i64) -> Self {
        Self(micros.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// From milliseconds since the epoch, clamped alike.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self::from_micros(millis.saturating_mul(1_000))
    }

    /// From seconds since the epoch, clamped alike.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        Self::from_micros(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Whole seconds since the epoch, the `NumericDate` of RFC 7519 section 2.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This moment, later by so many microseconds (earlier if negative), clamped.
    #[must_use]
    pub fn plus_micros(self, micros: i64) -> Self {
        Self::from_micros(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to this moment.
    #[must_use]
    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    pub(crate) fn digits(self) -> [u8; 27] {
        let (second, micros) = self.since_year_0();
        with_micros(calendar(second), micros)
    }

    /// Seconds since the start of the year 0, so that nothing is negative, and microseconds.
    pub(crate) const fn since_year_0(self) -> (u64, u32) {
        let since = self.0.saturating_sub(Self::MIN.0).unsigned_abs();
        (since / 1_000_000, (since % 1_000_000) as u32)
    }
}

/// The digits of a second since the start of the year 0, up to the point before its parts.
pub(crate) fn calendar(second: u64) -> [u8; 20] {
    let (days, second) = ((second / DAY) as u32, (second % DAY) as u32);
    let (year, month, day) = civil(days);
    let clock = second / 3_600 * 10_000 + second / 60 % 60 * 100 + second % 60;
    let [c, d, y, z, m, n, d1, d2] = eight_digits(year * 10_000 + month * 100 + day);
    let [_, _, h1, h2, m1, m2, s1, s2] = eight_digits(clock);
    [
        c, d, y, z, b'-', m, n, b'-', d1, d2, b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'.',
    ]
}

/// The digits of a second, and of the microseconds after it.
pub(crate) fn with_micros(second: [u8; 20], micros: u32) -> [u8; 27] {
    let [_, _, f1, f2, f3, f4, f5, f6] = eight_digits(micros);
    let mut digits = [0; 27];
    let (calendar, rest) = digits.split_at_mut(20);
    calendar.copy_from_slice(&second);
    rest.copy_from_slice(&[f1, f2, f3, f4, f5, f6, b'Z']);
    digits
}

/// The moment of digits as we write them; nothing of others, be they right or wrong.
fn as_written(digits: &[u8; 27]) -> Option<Timestamp> {
    let [
        c,
        d,
        y,
        z,
        _,
        m,
        n,
        _,
        d1,
        d2,
        _,
        h1,
        h2,
        _,
        m1,
        m2,
        _,
        s1,
        s2,
        _,
        micros @ ..,
        _,
    ] = digits;
    let pair = |tens: &u8, ones: &u8| number(&[*tens, *ones]);
    let days = days(number(&[*c, *d, *y, *z])?, pair(m, n)?, pair(d1, d2)?);
    let second = pair(h1, h2)? * 3_600 + pair(m1, m2)? * 60 + pair(s1, s2)?;
    let second = u64::from(days) * DAY + u64::from(second);
    let micros = number(micros)?;
    // A day or an hour that there is not would be written otherwise.
    let same = with_micros(calendar(second), micros) == *digits;
    let since = i64::try_from(second).ok()? * 1_000_000 + i64::from(micros);
    same.then(|| Timestamp::MIN.plus_micros(since))
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| {
        let digit = digit.wrapping_sub(b'0');
        (digit < 10).then(|| number * 10 + u32::from(digit))
    })
}

/// Days since the start of the year 0 of a date as [`civil`] gives it.
const fn days(year: u32, month: u32, day: u32) -> u32 {
    let (year, month) = match month {
        0..3 => (year + 399, month + 9),
        _ => (year + 400, month - 3),
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    (days + 59).saturating_sub(146_097)
}

/// Year, month and day of the proleptic Gregorian calendar, by days since the start of the year
/// 0. A year is counted from March on, so that the leap day is its last.
const fn civil(days: u32) -> (u32, u32, u32) {
    // From 1 March of the year -400; a cycle of 400 years has 146,097 days.
    let days = days + 146_097 - 60;
    let (cycle, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = year + 400 * cycle;
    match month {
        0..10 => (year - 400, month + 3, day),
        _ => (year - 399, month - 9, day),
    }
}

/// The digits of a number below 100,000,000, all at once: it is split into halves, these into
/// pairs, and those into digits, each in its part of a word.
const fn eight_digits(number: u32) -> [u8; 8] {
    let word = (number / 10_000) as u64 | ((number % 10_000) as u64) << 32;
    // In place of divisions, by 100 and by 10: exact for numbers as small as these.
    let hundreds = ((word * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let word = hundreds | (word - hundreds * 100) << 16;
    let tens = ((word * 103) >> 10) & 0x000f_000f_000f_000f;
    let word = tens | (word - tens * 10) << 8;
    (word + 0x3030_3030_3030_3030).to_le_bytes()
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.digits()))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Timestamp {
    type Err = NotATimestamp;

    fn from_str(text: &str) -> Result<Self, NotATimestamp> {
        if let Some(time) = text.as_bytes().try_into().ok().and_then(as_written) {
            return Ok(time);
        }
        let date = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| NotATimestamp)?;
        i64::try_from(date.unix_timestamp_nanos().div_euclid(1_000))
            .map(Self::from_micros)
            .map_err(|_| NotATimestamp)
    }
}

/// Text that is not an RFC 3339 date and time.
///
/// ```
/// use jwtrail_event::Timestamp;
/// assert!("yesterday".parse::<Timestamp>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 date and time")]
pub struct NotATimestamp;

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 date and time")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// In seconds.
const DAY: u64 = 86_400;

/// Where the time comes from. Product code takes one, so that time is testable.
///
/// ```
/// use jwtrail_event::{Clock, Timestamp};
///
/// #[derive(Debug)]
/// struct Standing(Timestamp);
///
/// impl Clock for Standing {
///     fn now(&self) -> Timestamp {
///         self.0
///     }
/// }
/// ```
pub trait Clock: Send + Sync + fmt::Debug {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// Another implementation reads the same moment out of the text.
        #[test]
        fn the_digits_are_of_this_moment(micros in Timestamp::MIN.0..=Timestamp::MAX.0) {
            let time = Timestamp(micros);
            proptest::prop_assert_eq!(time.to_string().parse(), Ok(time));
        }
    }

    proptest::proptest! {
        /// Digits that are no moment, too.
        #[test]
        fn the_quick_way_reads_what_the_library_reads(
            micros in Timestamp::MIN.0..=Timestamp::MAX.0, at in 0..27_usize, byte in b'/'..=b':',
        ) {
            let time = Timestamp(micros);
            let mut digits = time.digits();
            proptest::prop_assert_eq!(as_written(&digits), Some(time));
            if let Some(digit) = digits.get_mut(at) {
                *digit = byte;
            }
            let text = String::from_utf8_lossy(&digits);
            let date = OffsetDateTime::parse(&text, &Rfc3339).ok();
            let known = date.map(|date| (date.unix_timestamp_nanos() / 1_000) as i64);
            if let Some(time) = as_written(&digits) {
                proptest::prop_assert_eq!(Some(time.0), known);
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn eight_digits_are_those_of_the_number(number in 0..100_000_000_u32) {
            let text = format!("{number:08}");
            proptest::prop_assert_eq!(&eight_digits(number), text.as_bytes());
        }
    }

    #[test]
    fn leap_days_and_the_ends_of_time_are_written() {
        for (seconds, text) in [
            (951_782_400, "2000-02-29T00:00:00.000000Z"),
            (951_868_800, "2000-03-01T00:00:00.000000Z"),
            (4_107_542_399, "2100-02-28T23:59:59.000000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000000Z"),
            (-1, "1969-12-31T23:59:59.000000Z"),
        ] {
            assert_eq!(Timestamp::from_seconds(seconds).to_string(), text);
        }
        assert_eq!(Timestamp::MIN.to_string(), "0000-01-01T00:00:00.000000Z");
        assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59.999999Z");
    }
}
