use super::{Fact, Facts, Needed, Source};
use crate::rule::{LeafSet, NeedId};

/// Facts without their values: many events differ in nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::engine) struct FactsForm {
    leaves: LeafSet,
    known_subject: bool,
    /// None for 0.
    vouched: Option<u8>,
    needed: Box<[(NeedId, FactForm)]>,
}

/// One fact, each value by its place among the values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum FactForm {
    Value(u8),
    Values(Box<[u8]>),
    Number(u8),
    Source { place: u8, kind: u8 },
}

/// The values that some facts speak of, each of them once.
#[derive(Debug, Default)]
pub(in crate::engine) struct Values(Vec<u64>);

impl Values {
    pub(in crate::engine) fn with_room(room: usize) -> Self {
        Self(Vec::with_capacity(room))
    }

    /// None where there are too many.
    fn place(&mut self, value: u64) -> Option<u8> {
        let Self(values) = self;
        let known = values.iter().position(|known| *known == value);
        let at = u8::try_from(known.unwrap_or(values.len())).ok()?;
        if known.is_none() {
            values.push(value);
        }
        Some(at)
    }

    pub(in crate::engine) fn all(&self) -> &[u64] {
        &self.0
    }
}

impl FactsForm {
    /// Parts facts from their values; none where that can't be done.
    pub(in crate::engine) fn of(facts: &Facts, values: &mut Values) -> Option<Self> {
        let needed = match &facts.needed {
            Needed::Nothing => Vec::new(),
            Needed::One(need, fact) => vec![(*need, FactForm::of(fact, values)?)],
            Needed::Many(facts) => facts
                .iter()
                .map(|(need, fact)| Some((*need, FactForm::of(fact, values)?)))
                .collect::<Option<_>>()?,
        };
        let vouched = match facts.vouched {
            0 => None,
            vouched => Some(values.place(vouched)?),
        };
        Some(Self {
            leaves: facts.leaves,
            known_subject: facts.known_subject,
            vouched,
            needed: needed.into(),
        })
    }

    /// The facts with these values, of an event of this trace.
    pub(in crate::engine) fn facts(&self, values: &[u64], trace: u64) -> Facts {
        let mut needed = Needed::Nothing;
        for (need, form) in &self.needed {
            if let Some(fact) = form.fact(values, trace) {
                needed.add(*need, fact);
            }
        }
        let vouched = self.vouched.and_then(|at| values.get(usize::from(at)));
        Facts {
            leaves: self.leaves,
            known_subject: self.known_subject,
            vouched: vouched.copied().unwrap_or_default(),
            needed,
        }
    }
}

impl FactForm {
    fn of(fact: &Fact, values: &mut Values) -> Option<Self> {
        Some(match fact {
            Fact::Value(value) => Self::Value(values.place(*value)?),
            Fact::Values(all) => {
                let places = all.iter().map(|value| values.place(*value));
                Self::Values(places.collect::<Option<_>>()?)
            }
            Fact::Number(number) => Self::Number(values.place(number.cast_unsigned())?),
            Fact::Source(source) => Self::Source {
                place: values.place(source.place)?,
                kind: values.place(source.kind)?,
            },
            Fact::Place(_) => return None,
        })
    }

    fn fact(&self, values: &[u64], trace: u64) -> Option<Fact> {
        let value = |at: &u8| values.get(usize::from(*at)).copied();
        Some(match self {
            Self::Value(at) => Fact::Value(value(at)?),
            Self::Values(all) => Fact::Values(all.iter().map(value).collect::<Option<_>>()?),
            Self::Number(at) => Fact::Number(value(at)?.cast_signed()),
            Self::Source { place, kind } => Fact::Source(Source {
                place: value(place)?,
                kind: value(kind)?,
                trace,
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Fact, Facts, FactsForm, Needed, Source, Values};
    use crate::rule::LeafSet;

    #[test]
    fn facts_are_the_same_again() {
        let source = Fact::Source(Source {
            place: 7,
            kind: 0,
            trace: 9,
        });
        let all = [
            Needed::Nothing,
            Needed::One(3, Fact::Number(-5)),
            Needed::Many(vec![
                (0, Fact::Value(7)),
                (1, source),
                (4, Fact::Values(vec![8, 7, 8])),
            ]),
        ];
        let mut values = Values::default();
        let mut forms = Vec::new();
        for needed in all {
            let facts = Facts {
                leaves: LeafSet::of(2),
                known_subject: false,
                vouched: 7,
                needed,
            };
            forms.push((FactsForm::of(&facts, &mut values).unwrap(), facts));
        }
        let values = values.all().to_vec();
        assert_eq!(values.len(), 4);
        for (form, facts) in forms {
            let again = form.facts(&values, 9);
            assert_eq!(again.needed, facts.needed);
            assert_eq!(again.vouched, facts.vouched);
        }
    }
}
