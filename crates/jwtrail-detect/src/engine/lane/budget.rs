use super::report::Reporter;
use super::{Context, Lane};
use crate::AlertChange;

impl Lane {
    /// Makes room for one more key, if there is none: forgets the one that has been quiet for
    /// longest, one with an open alert only if there is hardly any other. A flood of keys must
    /// not silence what is going on.
    pub(super) fn make_room(&mut self, context: Context<'_>, changes: &mut Vec<AlertChange>) {
        while self.keys.len() >= self.rule.plan.max_keys {
            let mut passed_over = Vec::new();
            let victim = loop {
                let Some((due, hash)) = self.timers.pop_first() else {
                    break None;
                };
                let Some(state) = self.keys.get_mut(&hash) else {
                    continue;
                };
                let right = state.next_due(&self.rule.plan);
                if right > due {
                    // It has been busy since the timer was set; each event pays for one such.
                    state.timer = right;
                    self.timers.insert((right, hash));
                    continue;
                }
                if state.alert.is_some() && passed_over.len() < TRIES {
                    passed_over.push((due, hash));
                    continue;
                }
                break Some(hash);
            };
            let victim = victim.or_else(|| passed_over.first().map(|(_, hash)| *hash));
            self.timers.extend(passed_over);
            let Some(hash) = victim else {
                return;
            };
            if let Some(state) = self.keys.get_mut(&hash) {
                let reporter =
                    Reporter::new(&self.heading, context, hash, &mut self.tally, changes);
                reporter.give_up(state);
            }
            self.forget(hash);
            self.tally.evicted_keys += 1;
        }
    }
}

/// How many keys with open alerts are passed over.
const TRIES: usize = 64;
