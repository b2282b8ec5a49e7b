use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::engine::entry::{Entry, Item};
use crate::engine::facts::Place;
use crate::rule::{Shape, Step};

/// Numbers that are missing in a boot's sequence. An instance's threads write side by side, so
/// that numbers and times may disagree a little: what is missing has some time to come.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct GapWindow {
    boot: u64,
    /// The highest number of the boot, once there was one.
    last: Option<u64>,
    missing: Vec<Missing>,
    met: Option<Entry>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Missing {
    from: u64,
    to: u64,
    since: i64,
}

impl GapWindow {
    pub(super) fn push(&mut self, step: &Step, item: &Item) -> Verdict {
        let Shape::Gap { of, need } = step.shape else {
            return Verdict::Ignored;
        };
        let Some(place) = item
            .facts
            .place(need)
            .filter(|_| item.facts.leaves.meets(of))
        else {
            return Verdict::Ignored;
        };
        let time = item.entry.time;
        if self.last.is_none() || self.boot != place.boot {
            let open = !self.missing.is_empty();
            *self = Self {
                boot: place.boot,
                last: Some(place.seq),
                ..Self::default()
            };
            // The boot before this one ended with numbers missing.
            return self.verdict(open, item.entry);
        }
        self.note(place, time);
        let overdue = |missing: &Missing| missing.since <= time.saturating_sub(PATIENCE);
        let gone = self.missing.iter().any(overdue) || self.missing.len() > MAX_MISSING;
        if gone {
            self.missing.retain(|missing| !overdue(missing));
            self.missing.truncate(MAX_MISSING);
        }
        self.verdict(gone, item.entry)
    }

    fn note(&mut self, place: Place, time: i64) {
        let last = self.last.unwrap_or(place.seq);
        if place.seq > last {
            if place.seq - last > 1 {
                self.missing.push(Missing {
                    from: last.saturating_add(1),
                    to: place.seq - 1,
                    since: time,
                });
            }
            self.last = Some(place.seq);
            return;
        }
        let within = |missing: &Missing| (missing.from..=missing.to).contains(&place.seq);
        let Some(at) = self.missing.iter().position(within) else {
            return;
        };
        let found = self.missing.remove(at);
        let before = Missing {
            to: place.seq.saturating_sub(1),
            ..found
        };
        let after = Missing {
            from: place.seq.saturating_add(1),
            ..found
        };
        let rest = [
            (found.from < place.seq).then_some(before),
            (place.seq < found.to).then_some(after),
        ];
        self.missing.extend(rest.into_iter().flatten());
    }

    fn verdict(&mut self, gone: bool, entry: Entry) -> Verdict {
        if !gone {
            return Verdict::Ignored;
        }
        self.met = Some(entry);
        Verdict::Met
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.met.iter().copied()
    }

    pub(super) const fn len(&self) -> usize {
        self.missing.len()
    }
}

/// Milliseconds of event time.
const PATIENCE: i64 = 30_000;
/// More than this at once is no matter of order.
const MAX_MISSING: usize = 64;
