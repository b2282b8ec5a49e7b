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
    condition: Condition,
    /// One bit for each event that can be selected at all.
    events: u64,
}

impl Selection {
    pub(crate) fn new(condition: Condition) -> Self {
        let events = EventName::ALL
            .iter()
            .filter(|event| condition.known(**event) != Some(false))
            .fold(0, |bits, event| bits | bit(*event));
        Self { condition, events }
    }

    /// Whether the event's name alone does not rule it out.
    pub(crate) const fn can_select(&self, event: EventName) -> bool {
        self.events & bit(event) != 0
    }

    pub(crate) fn selects(&self, record: &Record<'_>) -> bool {
        self.events & bit(record.event) != 0 && self.condition.holds(record)
    }

    /// The events that can be selected.
    pub(crate) fn events(&self) -> impl Iterator<Item = EventName> {
        let all = EventName::ALL.iter().copied();
        all.filter(|event| self.events & bit(*event) != 0)
    }
}

const fn bit(event: EventName) -> u64 {
    1 << (event as u32)
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

    /// What holds of any record of this event, as far as the event alone decides it.
    fn known(&self, event: EventName) -> Option<bool> {
        match self {
            Self::AtLeast(needed, parts) => {
                let known = parts.iter().map(|part| part.known(event));
                let (mut yes, mut maybe) = (0, 0);
                for part in known {
                    yes += usize::from(part == Some(true));
                    maybe += usize::from(part.is_none());
                }
                match (yes >= *needed, yes + maybe >= *needed) {
                    (true, _) => Some(true),
                    (_, false) => Some(false),
                    _ => None,
                }
            }
            Self::Not(part) => part.known(event).map(|holds| !holds),
            Self::Test(Field::Event, test) => Some(test.holds(&Value::Text(event.as_str()))),
            Self::Test(..) => None,
        }
    }
}

/// What one value is compared with.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Text(Glob),
    Flag(bool),
    Integer(Compare, i64),
    Exists(bool),
}

impl Test {
    fn holds(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Exists(wanted), value) => *wanted != matches!(value, Value::Absent),
            (Self::Text(glob), Value::Text(text)) => glob.matches(text),
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
