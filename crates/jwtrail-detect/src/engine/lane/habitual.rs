use super::slot::{Kept, Slot, Unjudged};
use super::{Context, Lane, Timer};
use crate::engine::changes::Changes;
use crate::engine::habits::{Bond, Cap, Few, Habits};
use crate::engine::key_state::KeyState;
use crate::engine::table::Row;
use crate::engine::time::Time;

/// Keys that have seen nothing but habits.
impl Lane {
    /// Has a habit keep the events of a tie's key from this time on, if that tells all of the key, and says
    /// how many. None where they have to be judged.
    pub(in crate::engine) fn keep(
        &mut self,
        context: Context<'_>,
        habits: &mut Habits,
        (habit, at): (Row, usize),
        bond: Bond,
        from: i64,
        changes: &mut Changes,
    ) -> Option<Cap> {
        if let Some(row) = self.keys.find(bond.hash) {
            let Some((_, Slot::Habits(few))) = self.keys.get_mut(row) else {
                return None;
            };
            let more = few.with(habit)?;
            let facts = habits.tie(habit, at, 0)?.facts;
            let cap = habits.cap(&self.rule.plan, *few, bond, &facts)?;
            *few = more;
            return Some(cap);
        }
        let cap = habits.cap_alone(&self.rule.plan, habit, at)?;
        self.make_room(context, habits, changes);
        let few = Few::NONE.with(habit)?;
        let row = self.keys.insert(bond.hash, Slot::Habits(few));
        let due = from.saturating_add(self.rule.plan.retention);
        self.timers.set(due, bond.hash, row);
        Some(cap)
    }

    /// Judges what was kept of a key with habits, and has its events judged from now on.
    pub(super) fn bring_out(&mut self, context: Context<'_>, habits: &mut Habits, row: Row) {
        let plan = &self.rule.plan;
        let Some((hash, slot)) = self.keys.get_mut(row) else {
            return;
        };
        let Slot::Habits(few) = *slot else {
            return;
        };
        let bond = bond(self.place, hash);
        let items = habits.items(few, bond);
        habits.part(few, bond);
        if let Some(state) = KeyState::of(plan, items, context.time) {
            self.pending += state.pending();
            *slot = Slot::State(Box::new(state));
        }
    }

    /// The same for a key about which nothing else happens now.
    pub(in crate::engine) fn bring_out_key(
        &mut self,
        context: Context<'_>,
        habits: &mut Habits,
        hash: u128,
    ) {
        let Some(row) = self.keys.find(hash) else {
            return;
        };
        self.bring_out(context, habits, row);
        if let Some((_, Slot::State(state))) = self.keys.get_mut(row) {
            let due = state.next_due(&self.rule.plan);
            if due < state.timer {
                state.timer = due;
                self.timers.set(due, hash, row);
            }
        }
    }

    /// The same for all keys.
    pub(in crate::engine) fn bring_all_out(&mut self, context: Context<'_>, habits: &mut Habits) {
        let kept = self.keys.iter();
        let kept = kept.filter(|(_, slot)| matches!(slot, Slot::Habits(_)));
        let kept: Vec<u128> = kept.map(|(hash, _)| hash).collect();
        for hash in kept {
            self.bring_out_key(context, habits, hash);
        }
    }

    /// Forgets a key that has not been seen for long.
    pub(super) fn look_at_habits(
        &mut self,
        context: Context<'_>,
        habits: &mut Habits,
        timer: Timer,
    ) {
        let Some((hash, Slot::Habits(few))) = self.keys.get_mut(timer.row) else {
            return;
        };
        let few = *few;
        let due = habits.last(few).saturating_add(self.rule.plan.retention);
        if due <= context.time.watermark() {
            habits.lose(few, bond(self.place, hash));
            self.forget(hash);
        } else {
            self.timers.set(due, hash, timer.row);
        }
    }

    /// What is kept of all keys, in no order that means anything.
    pub(in crate::engine) fn keys<'l>(
        &'l self,
        habits: &'l Habits,
        time: &'l Time,
    ) -> impl Iterator<Item = (u128, Kept<'l>)> {
        self.keys.iter().map(move |(hash, slot)| match slot {
            Slot::State(state) => (hash, Kept::State(state)),
            Slot::Habits(few) => {
                let key = Unjudged {
                    plan: &self.rule.plan,
                    habits,
                    time,
                    few: *few,
                    bond: bond(self.place, hash),
                };
                (hash, Kept::Habits(key))
            }
        })
    }

    /// How many entries are held. Counted where it is asked for: an event must not pay for it.
    pub(in crate::engine) fn entries(&self, habits: &Habits) -> usize {
        let of_each = self.keys.iter().map(|(hash, slot)| match slot {
            Slot::State(state) => state.entries(),
            Slot::Habits(few) => habits.count(*few, bond(self.place, hash)),
        });
        of_each.sum()
    }
}

pub(super) const fn bond(lane: u32, hash: u128) -> Bond {
    Bond { lane, hash }
}
