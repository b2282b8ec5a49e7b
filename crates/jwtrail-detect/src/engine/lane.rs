mod budget;
mod habitual;
mod report;
mod slot;

use std::collections::BTreeSet;
use std::hint::black_box;
use std::sync::Arc;

use report::Reporter;
pub(super) use report::Tally;
pub(super) use slot::Kept;
use slot::Slot;

use super::changes::{Cause, Changes, Moment};
use super::entry::Item;
use super::habits::Habits;
use super::heading::Heading;
use super::key_state::KeyState;
use super::names::Names;
use super::packed::PackedKey;
use super::table::Table;
use super::time::Time;
use super::timers::{Timer, Timers};
use crate::{Alert, AlertStatus, Key, Rule};

/// One rule and what it knows of each of some keys: of all, or of a fixed part of them. Lanes
/// share nothing that changes, and neither do keys.
#[derive(Debug)]
pub(super) struct Lane {
    number: usize,
    /// Its place in its shard.
    pub(super) place: u32,
    rule: Arc<Rule>,
    heading: Arc<Heading>,
    /// This lane's share of the budget.
    max_keys: usize,
    /// The same of all that is pending, which is bounded for all keys together: of a few busy
    /// ones much may be, and all of it has to be known to be judged in final order.
    max_pending: usize,
    pending: usize,
    keys: Table<Slot>,
    timers: Timers,
    /// When an alert's update is to be told, in time of arrival.
    updates: BTreeSet<(i64, u128)>,
    tally: Tally,
}

/// What all lanes share and none changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'e> {
    pub(super) time: &'e Time,
    pub(super) names: &'e Names,
}

impl Lane {
    /// One of so many lanes of the rule of this number.
    pub(super) fn new(number: usize, rule: Arc<Rule>, of: usize) -> Self {
        let max_keys = rule.plan.max_keys / of.max(1);
        Self {
            number,
            place: 0,
            heading: Arc::new(Heading::of(&rule)),
            max_keys,
            max_pending: max_keys.saturating_mul(rule.plan.max_entries),
            pending: 0,
            rule,
            keys: Table::new(),
            timers: Timers::default(),
            updates: BTreeSet::new(),
            tally: Tally::default(),
        }
    }

    /// Counts an event that the rule selects.
    pub(super) fn count(&mut self, first: bool) {
        self.tally.matched += u64::from(first);
    }

    /// The same for so many events of a habit.
    pub(super) const fn count_more(&mut self, events: u64, keyless: bool) {
        self.tally.matched += events;
        if keyless {
            self.tally.without_key += events;
        }
    }

    /// Takes in an event of a key. Its words are asked for where an alert needs them. Says whether
    /// something is due that was not.
    pub(super) fn take_in(
        &mut self,
        context: Context<'_>,
        habits: &mut Habits,
        hash: u128,
        item: Item,
        words: &mut dyn FnMut() -> Option<Key>,
        changes: &mut Changes,
    ) -> bool {
        let updates = self.updates.len();
        let row = match self.keys.find(hash) {
            Some(row) => {
                if let Some((_, Slot::Habits(_))) = self.keys.get(row) {
                    self.bring_out(context, habits, row);
                }
                row
            }
            None => {
                self.make_room(context, habits, changes);
                let state = KeyState::new(&self.rule.plan, &item);
                self.keys.insert(hash, Slot::State(Box::new(state)))
            }
        };
        let plan = &self.rule.plan;
        let Some((_, Slot::State(state))) = self.keys.get_mut(row) else {
            return false;
        };
        state.fetch(plan, &item);
        let others = self.pending - state.pending();
        let mut reporter = Reporter::new(&self.heading, context, hash, &mut self.tally, changes);
        let mut ended = Vec::new();
        let before = context.time.up_to(state.producer);
        state.settle(plan, before, &mut ended);
        reporter.close(state, &mut ended);
        let (writer, time) = (item.entry.writer(), item.entry.time);
        let now = if writer == state.producer {
            before
        } else {
            context.time.up_to(writer)
        };
        let pushed = state.add(plan, item);
        let completed = pushed
            .ended
            .and_then(|ended| Some((ended.burst, ended.episode?)));
        // What is judged later has to know then whom it concerns.
        if state.key.is_none()
            && (completed.is_some()
                || state.latest().episode.is_some()
                || state.may_raise_later(plan))
        {
            state.key = words().map(|key| PackedKey::new(&key));
        }
        if let Some((burst, episode)) = completed {
            // A late event completed a burst that is not the latest.
            reporter.raise_of(state, &episode, burst);
        }
        reporter.raise(state);
        // An event that is not behind makes nothing due that was not before.
        if time <= now.watermark || !now.is_within(before) {
            state.settle(plan, now, &mut ended);
        }
        let room = self.max_pending.saturating_sub(others);
        while state.pending() > plan.most_pending(room) {
            state.settle_early(plan, &mut ended);
            reporter.tally.settled_early += 1;
        }
        reporter.close(state, &mut ended);
        reporter.raise(state);
        reporter.update(state, pushed.escalated, &mut self.updates);
        self.pending = others + state.pending();
        let is_new = self.updates.len() > updates;
        // What is judged in final order alone has nothing to do before its oldest event: a later
        // one makes nothing due sooner.
        if plan.settled_only && time >= state.timer {
            return is_new;
        }
        let due = state.next_due(plan);
        // A later due date is found out when the timer fires: an event costs no timer.
        if due < state.timer {
            state.timer = due;
            self.timers.set(due, hash, row);
            return true;
        }
        is_new
    }

    /// Does what the clocks have made due.
    pub(super) fn advance(
        &mut self,
        context: Context<'_>,
        habits: &mut Habits,
        changes: &mut Changes,
    ) {
        while let Some(&(due, hash)) = self.updates.first()
            && due <= context.time.now
        {
            self.updates.pop_first();
            let row = self.keys.find(hash);
            changes.at(Moment {
                cause: Cause::Update,
                rule: self.number,
                due,
                key: hash,
                ..changes.moment()
            });
            let kept = row.and_then(|row| self.keys.get_mut(row));
            if let Some((_, Slot::State(state))) = kept {
                Reporter::new(&self.heading, context, hash, &mut self.tally, changes)
                    .tell(state, due);
            }
        }
        let watermark = context.time.watermark();
        while let Some(timer) = self.timers.pop_due(watermark) {
            self.look(context, habits, timer, changes);
        }
    }

    fn look(
        &mut self,
        context: Context<'_>,
        habits: &mut Habits,
        timer: Timer,
        changes: &mut Changes,
    ) {
        let plan = &self.rule.plan;
        let (hash, state) = match self.keys.get_mut(timer.row) {
            Some((hash, Slot::State(state))) if state.timer == timer.due => (hash, state),
            Some((hash, Slot::Habits(_))) if timer.is_of(hash) => {
                self.look_at_habits(context, habits, timer);
                return;
            }
            _ => return,
        };
        let due = state.next_due(plan);
        if timer.due < due && due <= context.time.watermark() {
            // Time has leapt, and others may come before it: in which order must not depend on
            // when each was looked at last.
            state.timer = due;
            self.timers.set(due, hash, timer.row);
            return;
        }
        changes.at(Moment {
            cause: Cause::Timer,
            rule: self.number,
            due: timer.due,
            key: hash,
            ..changes.moment()
        });
        let others = self.pending - state.pending();
        let up_to = context.time.up_to(state.producer);
        let watermark = up_to.watermark;
        let mut reporter = Reporter::new(&self.heading, context, hash, &mut self.tally, changes);
        let mut ended = Vec::new();
        state.settle(plan, up_to, &mut ended);
        reporter.close(state, &mut ended);
        reporter.raise(state);
        reporter.update(state, false, &mut self.updates);
        self.pending = others + state.pending();
        if state.is_over(plan, watermark) {
            self.forget(hash);
            return;
        }
        let mut due = state.next_due(plan);
        let now = context.time.watermark();
        if due <= now {
            // A producer that lags holds its keys back: look again in a while.
            due = now.saturating_add(LOOK_AGAIN);
        }
        state.timer = due;
        self.timers.set(due, hash, timer.row);
    }

    fn forget(&mut self, hash: u128) {
        if let Some(Slot::State(state)) = self.keys.remove(hash) {
            self.pending -= state.pending();
        }
    }

    /// When the next timer is due, and the next update.
    pub(super) fn due(&self) -> (i64, i64) {
        let update = self.updates.first().map_or(i64::MAX, |(due, _)| *due);
        (self.timers.first(), update)
    }

    pub(super) fn has(&self, hash: u128) -> bool {
        self.keys.find(hash).is_some()
    }

    /// Has the machine fetch what so many further events of a key will settle, if they do.
    pub(super) fn fetch_ahead(&self, hash: u128, further: usize) {
        let row = self.keys.find(hash);
        if let Some((_, Slot::State(state))) = row.and_then(|row| self.keys.get(row)) {
            state.fetch_ahead(further);
        }
    }

    /// Has the machine fetch where a look-up of a key begins.
    pub(super) fn fetch(&self, hash: u128) {
        black_box(self.keys.begin(hash));
    }

    pub(super) const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Those that are judged, in no order that means anything.
    pub(super) fn judged(&self) -> impl Iterator<Item = (u128, &KeyState)> {
        self.keys.iter().filter_map(|(hash, slot)| match slot {
            Slot::State(state) => Some((hash, &**state)),
            Slot::Habits(_) => None,
        })
    }

    pub(super) const fn len(&self) -> usize {
        self.keys.len()
    }

    /// Adds what a snapshot has.
    pub(super) fn restore(&mut self, hash: u128, state: KeyState) {
        let due = state.timer;
        if let Some(alert) = &state.alert {
            self.tally.open += 1;
            self.updates.extend(alert.update_due.map(|due| (due, hash)));
        }
        self.pending += state.pending();
        let row = self.keys.insert(hash, Slot::State(Box::new(state)));
        self.timers.set(due, hash, row);
    }

    /// What a snapshot says that was done, beside the alerts that are open.
    pub(super) fn restore_tally(&mut self, tally: Tally) {
        self.tally = Tally {
            open: self.tally.open,
            ..tally
        };
    }
}

/// The alerts of these keys that are open, as they are now.
pub(super) fn open_alerts<'k>(
    heading: &Heading,
    context: Context<'_>,
    keys: impl Iterator<Item = (u128, &'k KeyState)>,
) -> impl Iterator<Item = Alert> {
    keys.filter_map(move |(hash, state)| {
        let open = state.alert.as_ref()?;
        let form = report::Form::new(heading, context, hash);
        Some(form.alert(state, open, state.episode(open), AlertStatus::Open))
    })
}

/// Milliseconds of event time.
const LOOK_AGAIN: i64 = 1_000;
