mod check;

use std::sync::Arc;

use jwtrail_event::events::Claimed;
use jwtrail_event::{Reason, Text};

pub(crate) use check::{Typ, check, check_content, check_times};

use crate::json::{Members, Value};
use crate::scope::{elements, is_element};
use crate::scope_classes::ScopeClasses;
use crate::{Confirmation, ScopeSet};

/// The registered claims, as far as they have the type that RFC 7519 demands.
#[derive(Debug, Default)]
pub(crate) struct Claims<'a> {
    pub(crate) jti: Option<&'a str>,
    pub(crate) sub: Option<&'a str>,
    pub(crate) iss: Option<&'a str>,
    pub(crate) aud: Option<Vec<&'a str>>,
    pub(crate) client_id: Option<&'a str>,
    pub(crate) sid: Option<&'a str>,
    pub(crate) scope: ScopeSet,
    pub(crate) scope_classes: Box<[Arc<str>]>,
    pub(crate) times: Times,
    pub(crate) cnf: Option<Box<Confirmation>>,
    /// A claim was there and had another type.
    pub(crate) ill_typed: bool,
}

/// In seconds since the epoch.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Times {
    pub(crate) exp: Option<i64>,
    pub(crate) nbf: Option<i64>,
    pub(crate) iat: Option<i64>,
}

/// The same in half of the room: zero stands for what is not there, which is no date once its
/// sign is turned.
#[derive(Clone, Copy)]
pub(crate) struct PackedTimes([i64; 3]);

impl PackedTimes {
    pub(crate) fn pack(times: &Times) -> Self {
        let times = [times.exp, times.nbf, times.iat];
        Self(times.map(|time| time.map_or(0, |time| time ^ i64::MIN)))
    }

    pub(crate) fn unpack(self) -> Times {
        let times = self.0.map(|time| (time != 0).then_some(time ^ i64::MIN));
        let [exp, nbf, iat] = times;
        Times { exp, nbf, iat }
    }
}

impl<'a> Claims<'a> {
    pub(crate) fn read(members: &'a Members<'_>, classes: &ScopeClasses) -> Self {
        let found = Found::among(members);
        let mut reader = Reader::default();
        let scope = reader.scope([found.scope, found.scp]);
        Self {
            // An empty one would make one token of all that have it.
            jti: reader.text(found.jti).filter(|jti| !jti.is_empty()),
            sub: reader.text(found.sub),
            iss: reader.text(found.iss),
            aud: reader.audience(found.aud),
            client_id: {
                let azp = reader.text(found.azp);
                reader.text(found.client_id).or(azp)
            },
            sid: reader.text(found.sid),
            scope_classes: classes.of(&scope),
            scope,
            // A fraction of a second is never to the token's advantage.
            times: Times {
                exp: reader.time(found.exp, f64::floor),
                nbf: reader.time(found.nbf, f64::ceil),
                iat: reader.time(found.iat, f64::floor),
            },
            cnf: reader.confirmation(found.cnf),
            ill_typed: reader.ill_typed,
        }
    }
}

macro_rules! found {
    ($($name:ident)+) => {
        /// The claims that are read, out of one look at each member.
        #[derive(Default)]
        struct Found<'a, 'j> {
            $($name: Option<&'a Value<'j>>,)+
        }

        impl<'a, 'j> Found<'a, 'j> {
            fn among(members: &'a Members<'j>) -> Self {
                let mut found = Self::default();
                for (name, value) in members.iter() {
                    match name {
                        $(stringify!($name) => found.$name = Some(value),)+
                        _ => {}
                    }
                }
                found
            }
        }
    };
}

found! { jti sub iss aud client_id azp sid scope scp exp nbf iat cnf }

/// What an unverified token says of itself, as far as it can be read.
#[derive(Debug, Default)]
pub(crate) struct Hearsay {
    jti: Option<Box<str>>,
    sub: Option<Box<str>>,
    iss: Option<Box<str>>,
}

impl Hearsay {
    pub(crate) fn read(members: &Members<'_>) -> Self {
        let text = |name| members.text(name).map(Box::from);
        Self {
            jti: text("jti"),
            sub: text("sub"),
            iss: text("iss"),
        }
    }

    pub(crate) fn event(&self) -> Claimed<'_> {
        Claimed {
            jti: self.jti.as_deref().map(Text::from),
            sub: self.sub.as_deref().map(Text::from),
            iss: self.iss.as_deref().map(Text::from),
        }
    }
}

#[derive(Default)]
struct Reader {
    ill_typed: bool,
}

impl Reader {
    fn text<'a>(&mut self, value: Option<&'a Value<'_>>) -> Option<&'a str> {
        self.typed(value?.as_str())
    }

    /// `aud`: a string, or an array of strings only (RFC 7519 section 4.1.3).
    fn audience<'a>(&mut self, value: Option<&'a Value<'_>>) -> Option<Vec<&'a str>> {
        let audiences = match value? {
            Value::String(one) => Some(vec![&**one]),
            Value::Array(list) => list.iter().map(Value::as_str).collect(),
            _ => None,
        };
        self.typed(audiences)
    }

    /// A `NumericDate`: a finite number that RFC 3339 can write, too.
    fn time(&mut self, value: Option<&Value<'_>>, round: fn(f64) -> f64) -> Option<i64> {
        self.typed(seconds(value?, round))
    }

    /// `cnf`: an object (RFC 7800 section 3.1).
    fn confirmation(&mut self, value: Option<&Value<'_>>) -> Option<Box<Confirmation>> {
        let confirmation = value?.as_object().and_then(Confirmation::read);
        self.typed(confirmation.map(Box::new))
    }

    /// The elements of `scope` and `scp` (RFC 8693 section 4.2, and what issuers send instead).
    fn scope<'a>(&mut self, values: [Option<&'a Value<'_>>; 2]) -> ScopeSet {
        if let [Some(Value::String(text)), None] = values
            && let Some(scope) = ScopeSet::written(text)
        {
            return scope;
        }
        let mut granted: Vec<&'a str> = Vec::new();
        for value in values.into_iter().flatten() {
            match value {
                Value::String(text) => granted.extend(elements(text)),
                Value::Array(list) => {
                    let element = |value: &'a Value<'_>| value.as_str().filter(|e| is_element(e));
                    let listed: Option<Vec<&str>> = list.iter().map(element).collect();
                    granted.extend(self.typed(listed).unwrap_or_default());
                }
                _ => self.ill_typed = true,
            }
        }
        granted.into_iter().collect()
    }

    fn typed<T>(&mut self, value: Option<T>) -> Option<T> {
        self.ill_typed |= value.is_none();
        value
    }
}

/// The whole seconds of a `NumericDate`, if it is there and is one.
pub(crate) fn numeric_date(value: Option<&Value<'_>>) -> Option<i64> {
    seconds(value?, f64::floor)
}

fn seconds(value: &Value<'_>, round: fn(f64) -> f64) -> Option<i64> {
    let seconds = match value.as_i64() {
        Some(whole) => Some(whole),
        None => value.as_f64().map(|fraction| to_seconds(round(fraction))),
    };
    seconds.filter(|seconds| NUMERIC_DATES.contains(seconds))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "it saturates, and the ends are no dates; no number in JSON is NaN"
)]
fn to_seconds(value: f64) -> i64 {
    value as i64
}

/// From the year 0 to the year 9999.
const NUMERIC_DATES: std::ops::RangeInclusive<i64> = -62_167_219_200..=253_402_300_799;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_times_are_the_same() {
        let (first, last) = (*NUMERIC_DATES.start(), *NUMERIC_DATES.end());
        for times in [
            [None, None, None],
            [Some(0), None, Some(1_800_000_000)],
            [Some(first), Some(last), Some(-1)],
        ] {
            let [exp, nbf, iat] = times;
            let unpacked = PackedTimes::pack(&Times { exp, nbf, iat }).unpack();
            assert_eq!([unpacked.exp, unpacked.nbf, unpacked.iat], times);
        }
    }
}
