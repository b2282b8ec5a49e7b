use super::report::Reporter;
use super::{Context, Lane, Timer};
use crate::engine::changes::Changes;

impl Lane {
    /// Makes room for one more key, if there is none: forgets the one that has been quiet for
    /// longest, one with an open alert only if there is hardly any other. A flood of keys must
    /// not silence what is going on.
    pub(super) fn make_room(&mut self, context: Context<'_>, changes: &mut Changes) {
        while self.keys.len() >= self.max_keys {
            let mut passed_over: Vec<Timer> = Vec::new();
            let victim = loop {
                let Some(timer) = self.timers.pop() else {
                    break None;
                };
                let (hash, state) = match self.keys.get_mut(timer.row) {
                    Some((hash, state)) if state.timer == timer.due => (hash, state),
                    _ => continue,
                };
                let right = state.next_due(&self.rule.plan);
                if right > timer.due {
                    // It has been busy since the timer was set; each event pays for one such.
                    state.timer = right;
                    self.timers.set(right, hash, timer.row);
                    continue;
                }
                if state.alert.is_some() && passed_over.len() < TRIES {
                    passed_over.push(timer);
                    continue;
                }
                break Some(timer);
            };
            let victim = victim.or_else(|| passed_over.first().copied());
            self.timers.put_back(passed_over);
            let Some((hash, state)) = victim.and_then(|timer| self.keys.get_mut(timer.row)) else {
                return;
            };
            Reporter::new(&self.heading, context, hash, &mut self.tally, changes).give_up(state);
            self.forget(hash);
            self.tally.evicted_keys += 1;
        }
    }
}

/// How many keys with open alerts are passed over.
const TRIES: usize = 64;
