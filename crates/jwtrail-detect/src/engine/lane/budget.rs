use super::habitual::bond;
use super::report::Reporter;
use super::slot::Slot;
use super::{Context, Lane, Timer};
use crate::engine::changes::Changes;
use crate::engine::habits::Habits;

impl Lane {
    /// Makes room for one more key, if there is none: forgets the one that has been quiet for
    /// longest, one with an open alert only if there is hardly any other. A flood of keys must
    /// not silence what is going on.
    pub(super) fn make_room(
        &mut self,
        context: Context<'_>,
        habits: &mut Habits,
        changes: &mut Changes,
    ) {
        while self.keys.len() >= self.max_keys {
            let mut passed_over: Vec<Timer> = Vec::new();
            let victim = loop {
                let Some(timer) = self.timers.pop() else {
                    break None;
                };
                let plan = &self.rule.plan;
                let (hash, right, open) = match self.keys.get_mut(timer.row) {
                    Some((hash, Slot::State(state))) if state.timer == timer.due => {
                        let right = state.next_due(plan);
                        // What is due sooner than it was thought is found by the timer that it has.
                        state.timer = state.timer.max(right);
                        (hash, right, state.alert.is_some())
                    }
                    Some((hash, Slot::Habits(few))) if timer.is_of(hash) => {
                        let last = habits.last(*few);
                        (hash, last.saturating_add(plan.retention), false)
                    }
                    _ => continue,
                };
                if right > timer.due {
                    // It has been busy since the timer was set; each event pays for one such.
                    self.timers.set(right, hash, timer.row);
                    continue;
                }
                if open && passed_over.len() < TRIES {
                    passed_over.push(timer);
                    continue;
                }
                break Some(timer);
            };
            let victim = victim.or_else(|| passed_over.first().copied());
            self.timers.put_back(passed_over);
            let Some((hash, slot)) = victim.and_then(|timer| self.keys.get_mut(timer.row)) else {
                return;
            };
            match slot {
                Slot::State(state) => {
                    Reporter::new(&self.heading, context, hash, &mut self.tally, changes)
                        .give_up(state);
                }
                Slot::Habits(few) => habits.lose(*few, bond(self.place, hash)),
            }
            self.forget(hash);
            self.tally.evicted_keys += 1;
        }
    }
}

/// How many keys with open alerts are passed over.
const TRIES: usize = 64;
