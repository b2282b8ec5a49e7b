mod form;

pub(super) use form::{FactsForm, Values};
use serde::{Deserialize, Serialize};

use super::packed;
use super::sighting::Sighting;
use crate::hash::Hash;
use crate::rule::{LeafSet, NeedId, Plan, What};
use crate::selection::{Field, Value};

/// What a rule has to know of an event, values by their hashes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Facts {
    /// Which of the rule's selections it is of.
    pub(super) leaves: LeafSet,
    /// Whether it claims a subject that we know, where the rule asks for it.
    pub(super) known_subject: bool,
    /// What vouches for the event, and for whom, where the rule is about what can be held; else 0.
    #[serde(with = "packed::bits")]
    pub(super) vouched: u64,
    needed: Needed,
}

/// The facts by the needs that they answer. Most rules need one at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Needed {
    Nothing,
    One(NeedId, Fact),
    Many(Vec<(NeedId, Fact)>),
}

/// One thing known of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Fact {
    /// A value.
    Value(#[serde(with = "packed::bits")] u64),
    /// The values of a list.
    Values(Vec<u64>),
    Number(i64),
    Source(Source),
    Place(Place),
}

/// Where a token came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Source {
    /// What has to differ.
    #[serde(with = "packed::bits")]
    pub(super) place: u64,
    /// What has to differ as well; 0 where the place is enough.
    #[serde(with = "packed::bits")]
    pub(super) kind: u64,
    #[serde(with = "packed::bits")]
    pub(super) trace: u64,
}

/// Which record of which boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    #[serde(with = "packed::bits")]
    pub(super) boot: u64,
    pub(super) seq: u64,
}

impl Facts {
    /// None where no selection has all that it needs of the record.
    pub(super) fn of(plan: &Plan, selected: LeafSet, seen: &mut Sighting<'_>) -> Option<Self> {
        let mut leaves = selected;
        let mut needed = Needed::Nothing;
        for (id, need) in (0..).zip(&plan.needs) {
            if !need.leaves.meets(leaves) {
                continue;
            }
            match Fact::of(need.what, seen) {
                Some(fact) => needed.add(id, fact),
                None if need.optional => {}
                None => leaves = leaves.without(need.leaves),
            }
        }
        let asks = plan.escalation.as_ref().is_some_and(|e| e.known_subject);
        (!leaves.is_empty()).then_some(Self {
            leaves,
            known_subject: asks,
            vouched: if plan.is_of_holdable() {
                seen.vouched()
            } else {
                0
            },
            needed,
        })
    }

    fn get(&self, need: NeedId) -> Option<&Fact> {
        match &self.needed {
            Needed::Nothing => None,
            Needed::One(id, fact) => (*id == need).then_some(fact),
            Needed::Many(facts) => facts
                .iter()
                .find(|(id, _)| *id == need)
                .map(|(_, fact)| fact),
        }
    }

    /// The values by their hashes; none where they are not known.
    pub(super) fn values(&self, need: NeedId) -> &[u64] {
        match self.get(need) {
            Some(Fact::Value(value)) => std::slice::from_ref(value),
            Some(Fact::Values(values)) => values,
            _ => &[],
        }
    }

    pub(super) fn number(&self, need: NeedId) -> Option<i64> {
        match self.get(need) {
            Some(Fact::Number(number)) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn source(&self, need: NeedId) -> Option<&Source> {
        match self.get(need) {
            Some(Fact::Source(source)) => Some(source),
            _ => None,
        }
    }

    /// Says where in its boot's sequence the event is.
    pub(super) fn place_at(&mut self, seq: u64) {
        let put = |fact: &mut Fact| {
            if let Fact::Place(place) = fact {
                place.seq = seq;
            }
        };
        match &mut self.needed {
            Needed::Nothing => {}
            Needed::One(_, fact) => put(fact),
            Needed::Many(facts) => facts.iter_mut().for_each(|(_, fact)| put(fact)),
        }
    }

    pub(super) fn place(&self, need: NeedId) -> Option<Place> {
        match self.get(need) {
            Some(Fact::Place(place)) => Some(*place),
            _ => None,
        }
    }

    /// Whether the others tell the same for a need, if they tell something.
    pub(super) fn tells_the_same(&self, others: &Self, need: NeedId) -> bool {
        let (one, other) = (self.get(need), others.get(need));
        one.is_none() || other.is_none() || one == other
    }

    /// How many values there are for a need.
    pub(super) fn count(&self, need: NeedId) -> usize {
        match self.get(need) {
            None => 0,
            Some(Fact::Values(values)) => values.len(),
            Some(_) => 1,
        }
    }

    /// Whether they are what this rule has to know.
    pub(super) fn fit(&self, plan: &Plan) -> bool {
        let fits = |id: NeedId, fact: &Fact| {
            let need = plan.needs.get(usize::from(id));
            need.is_some_and(|need| fact.fits(need.what))
        };
        match &self.needed {
            Needed::Nothing => true,
            Needed::One(id, fact) => fits(*id, fact),
            Needed::Many(facts) => facts.iter().all(|(id, fact)| fits(*id, fact)),
        }
    }
}

impl Needed {
    fn add(&mut self, id: NeedId, fact: Fact) {
        *self = match std::mem::replace(self, Self::Nothing) {
            Self::Nothing => Self::One(id, fact),
            Self::One(first, one) => {
                let mut facts = Vec::with_capacity(MANY);
                facts.extend([(first, one), (id, fact)]);
                Self::Many(facts)
            }
            Self::Many(mut facts) => {
                facts.push((id, fact));
                Self::Many(facts)
            }
        };
    }
}

impl Fact {
    fn of(what: What, seen: &mut Sighting<'_>) -> Option<Self> {
        let record = seen.record;
        match what {
            What::Values(field) => values(field, seen),
            What::Number(field) => match field.value(record) {
                Value::Integer(number) => Some(Self::Number(number)),
                _ => None,
            },
            What::Source(place, kind) => Some(Self::Source(Source {
                place: seen.value(place)?,
                kind: match kind {
                    Some(kind) => seen.value(kind)?,
                    None => 0,
                },
                trace: seen.trace(),
            })),
            What::Place => Some(Self::Place(Place {
                boot: value(record.boot_id.as_str()),
                seq: record.seq,
            })),
        }
    }

    const fn fits(&self, what: What) -> bool {
        matches!(
            (self, what),
            (Self::Value(_) | Self::Values(_), What::Values(_))
                | (Self::Number(_), What::Number(_))
                | (Self::Source(_), What::Source(..))
                | (Self::Place(_), What::Place)
        )
    }
}

fn values(field: Field, seen: &mut Sighting<'_>) -> Option<Fact> {
    if !field.is_list() {
        return seen.value(field).map(Fact::Value);
    }
    let values: Vec<u64> = match field.value(seen.record) {
        Value::Text(text) => text.split_ascii_whitespace().map(value).collect(),
        Value::List(texts) => texts.iter().map(|t| value(t.as_str())).collect(),
        _ => Vec::new(),
    };
    (!values.is_empty()).then_some(Fact::Values(values))
}

/// Hardly a rule has more needs.
const MANY: usize = 3;

/// A value's hash.
pub(super) fn value(text: &str) -> u64 {
    Hash::new("value").part(text).short()
}

/// The hash of one value, if it is one.
pub(super) fn hashed(one: &Value<'_>) -> Option<u64> {
    match one {
        Value::Integer(number) => Some(value(&number.to_string())),
        Value::Flag(flag) => Some(value(if *flag { "true" } else { "false" })),
        other => other.text().map(value),
    }
}
