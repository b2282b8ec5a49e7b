use std::collections::HashMap;

/// How many events there were of each pattern, which is the rules that they are counted for. There
/// are few patterns, so an event counts once and not for each rule.
#[derive(Debug, Default)]
pub(in crate::engine) struct Patterns {
    numbers: HashMap<Vec<Count>, u32>,
    counted: Vec<Counted>,
    /// Those that counted something since the last time.
    busy: Vec<u32>,
}

#[derive(Debug)]
struct Counted {
    counts: Vec<Count>,
    events: u64,
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
        if let Some(number) = self.numbers.get(&counts) {
            return *number;
        }
        let number = u32::try_from(self.counted.len()).unwrap_or(u32::MAX);
        self.numbers.insert(counts.clone(), number);
        self.counted.push(Counted { counts, events: 0 });
        number
    }

    #[inline]
    pub(in crate::engine) fn count(&mut self, pattern: u32) {
        if let Some(counted) = self.counted.get_mut(pattern as usize) {
            if counted.events == 0 {
                self.busy.push(pattern);
            }
            counted.events += 1;
        }
    }

    /// Hands over what was counted since.
    pub(in crate::engine) fn drain(&mut self, mut tell: impl FnMut(Count, u64)) {
        for pattern in self.busy.drain(..) {
            if let Some(counted) = self.counted.get_mut(pattern as usize) {
                let events = std::mem::take(&mut counted.events);
                counted.counts.iter().for_each(|count| tell(*count, events));
            }
        }
    }
}
