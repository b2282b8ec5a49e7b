use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::engine::entry::{Entry, Item};
use crate::engine::facts::Place;
use crate::engine::packed;
use crate::rule::{Shape, Step};

/// Numbers that are missing in a boot's sequence. An instance's threads write side by side, so
/// that numbers and times may disagree a little: what is missing has some time to come.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct GapWindow {
    /// The latest boots, the one that was heard of last at the end: processes may share a name.
    boots: Vec<Boot>,
    missing: Vec<Missing>,
    met: Option<Entry>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Boot {
    #[serde(with = "packed::bits")]
    boot: u64,
    /// Its highest number.
    last: u64,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Missing {
    #[serde(with = "packed::bits")]
    boot: u64,
    from: u64,
    to: u64,
    /// What came with a higher number.
    since: Entry,
}

impl GapWindow {
    pub(super) fn push(&mut self, step: &Step, item: &Item) -> Verdict {
        let Shape::Gap { of, need } = step.shape else {
            return Verdict::Ignored;
        };
        let place = item.facts.place(need);
        let Some(place) = place.filter(|_| item.facts.leaves.meets(of)) else {
            return Verdict::Ignored;
        };
        let Some(last) = self.last_of(place) else {
            return Verdict::Ignored;
        };
        if place.seq > last {
            if place.seq - last > 1 {
                self.missing.push(Missing {
                    boot: place.boot,
                    from: last.saturating_add(1),
                    to: place.seq - 1,
                    since: item.entry,
                });
            }
        } else {
            self.found(place);
        }
        if self.missing.len() <= MAX_MISSING {
            return Verdict::Ignored;
        }
        // So many at once are no matter of order.
        self.met = self.first().copied();
        self.expire();
        Verdict::Met
    }

    /// The highest number of its boot before, and notes this one; none of a boot's first.
    fn last_of(&mut self, place: Place) -> Option<u64> {
        let known = self.boots.iter().position(|boot| boot.boot == place.boot);
        let known = known.map(|at| self.boots.remove(at).last);
        self.boots.push(Boot {
            boot: place.boot,
            last: known.map_or(place.seq, |last| last.max(place.seq)),
        });
        if self.boots.len() > MAX_BOOTS {
            self.boots.remove(0);
        }
        known
    }

    fn found(&mut self, place: Place) {
        let within = |missing: &Missing| {
            missing.boot == place.boot && (missing.from..=missing.to).contains(&place.seq)
        };
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

    /// The event that showed what has been missing for longest.
    fn first(&self) -> Option<&Entry> {
        let since = self.missing.iter().map(|missing| &missing.since);
        since.min_by(|one, other| one.compare(other))
    }

    pub(super) fn deadline(&self) -> Option<(i64, &Entry)> {
        let first = self.first()?;
        Some((first.time.saturating_add(Step::PATIENCE), first))
    }

    /// All that one event has shown is told at once.
    pub(super) fn expire(&mut self) {
        if let Some(first) = self.first().copied() {
            self.missing
                .retain(|missing| missing.since.event_id() != first.event_id());
        }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.met.iter().copied()
    }

    pub(super) const fn len(&self) -> usize {
        self.missing.len()
    }
}

const MAX_MISSING: usize = 64;
const MAX_BOOTS: usize = 8;
