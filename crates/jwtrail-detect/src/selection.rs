mod agent;
mod cidr;
mod derived;
mod field;
mod glob;

use std::cmp::Ordering;

use jwtrail_event::{EventName, Record, Text};

pub(crate) use agent::agent_family;
pub(crate) use cidr::Cidr;
pub(crate) use field::{Field, Value};
pub(crate) use glob::{Glob, Piece};

/// Which records a rule looks at.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    /// What is left to ask of a record once its event is known, by the event.
    given: Vec<Given>,
}

impl Selection {
    pub(crate) fn new(condition: &Condition) -> Self {
        let condition = condition.compiled();
        let given = EventName::ALL.iter().map(|event| condition.given(*event));
        Self {
            given: given.collect(),
        }
    }

    pub(crate) fn selects(&self, record: &Record<'_>) -> bool {
        match self.given.get(record.event as usize) {
            Some(Given::Known(holds)) => *holds,
            Some(Given::Rest(condition)) => condition.holds(record),
            None => false,
        }
    }

    /// Whether the event's name alone does not rule it out.
    pub(crate) fn can_select(&self, event: EventName) -> bool {
        !matches!(
            self.given.get(event as usize),
            None | Some(Given::Known(false))
        )
    }

    /// The events that can be selected.
    pub(crate) fn events(&self) -> impl Iterator<Item = EventName> {
        let all = EventName::ALL.iter().copied();
        all.filter(|event| self.can_select(*event))
    }
}

impl Selection {
    /// Adds the fields that it looks at in records of this event.
    pub(crate) fn read_by(&self, event: EventName, fields: &mut Vec<Field>) {
        if let Some(Given::Rest(condition)) = self.given.get(event as usize) {
            condition.read_by(fields);
        }
    }

    /// Whether it asks for something that stands in no record, but is made of one.
    pub(crate) fn is_derived(&self) -> bool {
        let rest = self.given.iter().filter_map(|given| match given {
            Given::Rest(condition) => Some(condition),
            Given::Known(_) => None,
        });
        rest.into_iter().any(Condition::is_derived)
    }
}

/// What holds of a record of a certain event.
#[derive(Clone, Debug)]
enum Given {
    Known(bool),
    Rest(Condition),
}

/// A condition over one record.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    /// At least so many of these: all of them is "and", one is "or".
    AtLeast(usize, Vec<Self>),
    Not(Box<Self>),
    /// One field, and what it is compared with.
    Test(Field, Test),
}

impl Condition {
    pub(crate) fn all(parts: Vec<Self>) -> Self {
        Self::AtLeast(parts.len(), parts)
    }

    pub(crate) const fn any(parts: Vec<Self>) -> Self {
        Self::AtLeast(1, parts)
    }

    fn holds(&self, record: &Record<'_>) -> bool {
        match self {
            Self::AtLeast(needed, parts) => {
                let mut missing = *needed;
                for part in parts {
                    if missing == 0 {
                        break;
                    }
                    missing -= usize::from(part.holds(record));
                }
                missing == 0
            }
            Self::Not(part) => !part.holds(record),
            Self::Test(field, test) => match field.value(record) {
                Value::List(texts) => {
                    let one = |t: &Text<'_>| test.holds(&Value::Text(t.as_str()), record);
                    texts.iter().any(one)
                        || (texts.is_empty() && test.holds(&Value::Absent, record))
                }
                value => test.holds(&value, record),
            },
        }
    }

    fn read_by(&self, fields: &mut Vec<Field>) {
        match self {
            Self::AtLeast(_, parts) => parts.iter().for_each(|part| part.read_by(fields)),
            Self::Not(part) => part.read_by(fields),
            Self::Test(field, test) => {
                fields.push(*field);
                if let Test::SameAs(other) = test {
                    fields.push(*other);
                }
            }
        }
    }

    fn is_derived(&self) -> bool {
        match self {
            Self::AtLeast(_, parts) => parts.iter().any(Self::is_derived),
            Self::Not(part) => part.is_derived(),
            Self::Test(field, _) => field.is_derived(),
        }
    }

    /// The same, with texts that are compared with a closed set's names turned into sets of them.
    fn compiled(&self) -> Self {
        match self {
            Self::AtLeast(needed, parts) => {
                let mut compiled: Vec<Self> = Vec::new();
                for part in parts {
                    match (part.compiled(), compiled.last_mut()) {
                        (
                            Self::Test(field, Test::OneOf(names)),
                            Some(Self::Test(other, Test::OneOf(known))),
                        ) if *needed == 1 && *other == field => *known |= names,
                        (part, _) => compiled.push(part),
                    }
                }
                Self::AtLeast(*needed, compiled)
            }
            Self::Not(part) => Self::Not(Box::new(part.compiled())),
            Self::Test(field, test) => {
                let names = field.names().filter(|names| names.len() <= 128);
                Self::Test(
                    *field,
                    match (test, names) {
                        (Test::Text(glob), Some(names)) => Test::OneOf(
                            (0..)
                                .zip(names)
                                .filter(|(_, name)| glob.matches(name))
                                .fold(0, |set, (at, _)| set | 1 << at),
                        ),
                        _ => test.clone(),
                    },
                )
            }
        }
    }

    /// What is left of it for records of this event.
    fn given(&self, event: EventName) -> Given {
        match self {
            Self::AtLeast(needed, parts) => {
                let mut needed = *needed;
                let mut rest = Vec::new();
                for part in parts {
                    match part.given(event) {
                        Given::Known(holds) => needed = needed.saturating_sub(usize::from(holds)),
                        Given::Rest(part) => rest.push(part),
                    }
                }
                match (needed, rest.len()) {
                    (0, _) => Given::Known(true),
                    (needed, left) if needed > left => Given::Known(false),
                    (1, 1) => rest.pop().map_or(Given::Known(false), Given::Rest),
                    _ => Given::Rest(Self::AtLeast(needed, rest)),
                }
            }
            Self::Not(part) => match part.given(event) {
                Given::Known(holds) => Given::Known(!holds),
                Given::Rest(part) => Given::Rest(Self::Not(Box::new(part))),
            },
            Self::Test(Field::Event, test) if !matches!(test, Test::SameAs(_)) => {
                Given::Known(test.compares(&Value::of_event(event)))
            }
            // Each record has a number.
            Self::Test(Field::Seq, Test::Integer(Compare::GreaterOrEqual, ..=0)) => {
                Given::Known(true)
            }
            Self::Test(..) => Given::Rest(self.clone()),
        }
    }
}

/// What one value is compared with.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Text(Glob),
    /// A regular expression, in time linear in the text.
    Regex(regex_lite::Regex),
    /// A network that an address lies in.
    Cidr(Cidr),
    /// The same as another field of the record.
    SameAs(Field),
    /// One bit for each name of a closed set.
    OneOf(u128),
    Flag(bool),
    Integer(Compare, i64),
    Exists(bool),
}

impl Test {
    fn holds(&self, value: &Value<'_>, record: &Record<'_>) -> bool {
        match self {
            Self::SameAs(other) => value.is_same(&other.value(record)),
            _ => self.compares(value),
        }
    }

    fn compares(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Exists(wanted), value) => *wanted != matches!(value, Value::Absent),
            (Self::Text(glob), value) => value.text().is_some_and(|text| glob.matches(text)),
            (Self::Regex(regex), value) => value.text().is_some_and(|text| regex.is_match(text)),
            (Self::Cidr(cidr), value) => value.text().is_some_and(|text| cidr.contains(text)),
            (Self::OneOf(names), Value::Name(_, at)) => names & 1 << at != 0,
            (Self::Flag(wanted), Value::Flag(flag)) => wanted == flag,
            (Self::Integer(compare, wanted), Value::Integer(number)) => {
                compare.holds(*number, *wanted)
            }
            _ => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compare {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Compare {
    pub(crate) fn holds(self, number: i64, wanted: i64) -> bool {
        self.holds_order(number.cmp(&wanted))
    }

    /// Whether what was compared with the wanted came out right.
    pub(crate) const fn holds_order(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
        }
    }
}
