use std::collections::HashMap;

/// How many events there were of each pattern, which is the rules that they are counted for. There
/// are few patterns, so an event counts once and not for each rule.
#[derive(Debug, Default)]
pub(in crate::engine) struct Patterns {
    numbers: HashMap<Vec<Count>, u32>,
    events: Vec<u64>,
}

/// A lane of the shard that counts for its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::engine) struct Count {
    pub(in crate::engine) lane: u32,
    /// Whether the event lacks what the rule needs.
    pub(in crate::engine) keyless: bool,
}

impl Patterns {
    pub(in crate::engine) fn number(&mut self, counts: Vec<Count>) -> u32 {
        let next = u32::try_from(self.events.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(counts).or_insert(next);
        if number == next {
            self.events.push(0);
        }
        number
    }

    #[inline]
    pub(in crate::engine) fn count(&mut self, pattern: u32) {
        let events = self.events.get_mut(pattern as usize);
        if let Some(events) = events {
            *events += 1;
        }
    }

    /// Hands over what was counted since.
    pub(in crate::engine) fn drain(&mut self) -> impl Iterator<Item = (Count, u64)> {
        let events = &mut self.events;
        self.numbers.iter().flat_map(move |(counts, number)| {
            let events = events.get_mut(*number as usize).map_or(0, std::mem::take);
            let counts: &[Count] = if events == 0 { &[] } else { counts };
            counts.iter().map(move |count| (*count, events))
        })
    }
}
