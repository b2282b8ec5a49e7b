mod agent;
mod field;
mod glob;

use jwtrail_event::{EventName, Record};

pub(crate) use agent::agent_family;
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
                    texts.iter().any(|t| test.holds(&Value::Text(t.as_str())))
                        || (texts.is_empty() && test.holds(&Value::Absent))
                }
                value => test.holds(&value),
            },
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
            Self::Test(Field::Event, test) => Given::Known(test.holds(&Value::of_event(event))),
            Self::Test(..) => Given::Rest(self.clone()),
        }
    }
}

/// What one value is compared with.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Text(Glob),
    /// One bit for each name of a closed set.
    OneOf(u128),
    Flag(bool),
    Integer(Compare, i64),
    Exists(bool),
}

impl Test {
    fn holds(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Exists(wanted), value) => *wanted != matches!(value, Value::Absent),
            (Self::Text(glob), Value::Text(text) | Value::Name(text, _)) => glob.matches(text),
            (Self::OneOf(names), Value::Name(_, at)) => names & 1 << at != 0,
            (Self::Flag(wanted), Value::Flag(flag)) => wanted == flag,
            (Self::Integer(compare, wanted), Value::Integer(number)) => {
                compare.holds(*number, *wanted)
            }
            _ => false,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Compare {
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Compare {
    const fn holds(self, number: i64, wanted: i64) -> bool {
        match self {
            Self::Equal => number == wanted,
            Self::Greater => number > wanted,
            Self::GreaterOrEqual => number >= wanted,
            Self::Less => number < wanted,
            Self::LessOrEqual => number <= wanted,
        }
    }
}
