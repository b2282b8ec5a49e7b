use std::collections::HashMap;
use std::sync::Arc;

use foldhash::quality::RandomState;

use super::{Bond, Cap};
use crate::engine::facts::{Facts, FactsForm, Values};
use crate::engine::router::{LANES, part};

/// What the events of many habits are to the rules of a shard: all but their keys and values,
/// which each habit has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::engine) struct Form {
    /// Which lanes count them.
    counts: Vec<Count>,
    pub(in crate::engine) ties: Vec<TieForm>,
}

/// A lane of the shard that counts for its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::engine) struct Count {
    pub(in crate::engine) lane: u32,
    /// Whether the event lacks what the rule needs.
    pub(in crate::engine) keyless: bool,
}

/// A key of a rule that the events concern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::engine) struct TieForm {
    pub(in crate::engine) rule: u32,
    pub(in crate::engine) class: u8,
    /// The key's place among those of the habit.
    pub(super) key: u8,
    /// The places of the rule's lanes in the shard.
    lanes: [u32; LANES],
    pub(in crate::engine) facts: FactsForm,
}

impl TieForm {
    /// Where the key of this hash is.
    pub(super) fn bond(&self, hash: u128) -> Option<Bond> {
        let lane = *self.lanes.get(part(hash) % LANES)?;
        Some(Bond { lane, hash })
    }
}

/// A form in the making, with what one habit has of its own.
#[derive(Debug)]
pub(in crate::engine) struct Forming {
    pub(super) form: Form,
    pub(super) keys: Vec<u128>,
    pub(super) values: Values,
}

impl Forming {
    /// With room for what most habits have.
    pub(in crate::engine) fn new() -> Self {
        Self {
            form: Form {
                counts: Vec::with_capacity(ROOM),
                ties: Vec::with_capacity(ROOM),
            },
            keys: Vec::with_capacity(ROOM),
            values: Values::with_room(ROOM),
        }
    }

    /// Adds a lane that counts.
    pub(in crate::engine) fn count(&mut self, lane: u32, keyless: bool) {
        self.form.counts.push(Count { lane, keyless });
    }

    /// Adds a key of a rule; none where that can't be told shortly.
    pub(in crate::engine) fn tie(
        &mut self,
        (rule, class): (u32, u8),
        lanes: [u32; LANES],
        hash: u128,
        facts: &Facts,
    ) -> Option<()> {
        let known = self.keys.iter().position(|key| *key == hash);
        let key = u8::try_from(known.unwrap_or(self.keys.len())).ok()?;
        let facts = FactsForm::of(facts, &mut self.values)?;
        if known.is_none() {
            self.keys.push(hash);
        }
        self.form.ties.push(TieForm {
            rule,
            class,
            key,
            lanes,
            facts,
        });
        Some(())
    }
}

/// All forms, and how many events there were of each. There are few, so an event counts once
/// and not for each rule.
#[derive(Debug, Default)]
pub(in crate::engine) struct Forms {
    numbers: HashMap<Arc<Form>, u32, RandomState>,
    counted: Vec<Counted>,
    /// Those that counted something since the last time.
    busy: Vec<u32>,
}

#[derive(Debug)]
struct Counted {
    form: Arc<Form>,
    events: u64,
    /// For each tie, how many events can be kept for a key that has no other habit; none where
    /// that was not worked out yet.
    caps: Box<[Option<Option<Cap>>]>,
}

impl Forms {
    /// A form's number; none where there are too many.
    pub(super) fn number(&mut self, form: Form) -> Option<u32> {
        if let Some(number) = self.numbers.get(&form) {
            return Some(*number);
        }
        let number = u32::try_from(self.counted.len()).ok();
        let number = number.filter(|number| *number < MOST_FORMS)?;
        let form = Arc::new(form);
        self.numbers.insert(Arc::clone(&form), number);
        self.counted.push(Counted {
            caps: vec![None; form.ties.len()].into(),
            form,
            events: 0,
        });
        Some(number)
    }

    pub(super) fn get(&self, number: u32) -> Option<&Form> {
        let counted = self.counted.get(number as usize);
        counted.map(|counted| &*counted.form)
    }

    /// What was worked out of a tie's cap.
    pub(super) fn cap(&self, form: u32, at: usize) -> Option<Option<Cap>> {
        *self.counted.get(form as usize)?.caps.get(at)?
    }

    pub(super) fn set_cap(&mut self, form: u32, at: usize, cap: Option<Cap>) {
        let counted = self.counted.get_mut(form as usize);
        if let Some(known) = counted.and_then(|counted| counted.caps.get_mut(at)) {
            *known = Some(cap);
        }
    }

    #[inline]
    pub(in crate::engine) fn count(&mut self, form: u32) {
        if let Some(counted) = self.counted.get_mut(form as usize) {
            if counted.events == 0 {
                self.busy.push(form);
            }
            counted.events += 1;
        }
    }

    /// Hands over what was counted since.
    pub(in crate::engine) fn drain(&mut self, mut tell: impl FnMut(Count, u64)) {
        for form in self.busy.drain(..) {
            if let Some(Counted { form, events, .. }) = self.counted.get_mut(form as usize) {
                let events = std::mem::take(events);
                form.counts.iter().for_each(|count| tell(*count, events));
            }
        }
    }
}

/// The shipped rules tie some eight keys to a habit.
const ROOM: usize = 12;
/// A log has some dozens. Whoever makes up more has the events judged that are beyond.
const MOST_FORMS: u32 = 16_384;
