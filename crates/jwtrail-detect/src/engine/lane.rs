mod budget;
mod report;

use std::collections::{BTreeMap, BTreeSet};

use jwtrail_event::Record;

use report::Reporter;
pub(super) use report::Tally;

use super::RuleStats;
use super::entry::{Entry, Facts, Item};
use super::key_state::KeyState;
use super::known::KnownSubjects;
use super::names::Names;
use super::time::Time;
use crate::key::extract;
use crate::{Alert, AlertChange, AlertStatus, Rule};

/// One rule and what it knows of each of its keys. Lanes share nothing, and neither do keys: a
/// shard is some of the keys of each lane.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) rule: Rule,
    keys: BTreeMap<u128, KeyState>,
    /// When the watermark has to look at a key again.
    timers: BTreeSet<(i64, u128)>,
    /// When an alert's update is to be told, in time of arrival.
    updates: BTreeSet<(i64, u128)>,
    entries: usize,
    tally: Tally,
}

/// What all lanes share and none changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'e> {
    pub(super) time: &'e Time,
    pub(super) names: &'e Names,
    pub(super) known: &'e KnownSubjects,
}

impl Lane {
    pub(super) fn new(rule: Rule) -> Self {
        Self {
            rule,
            keys: BTreeMap::new(),
            timers: BTreeSet::new(),
            updates: BTreeSet::new(),
            entries: 0,
            tally: Tally::default(),
        }
    }

    pub(super) fn observe(
        &mut self,
        context: Context<'_>,
        record: &Record<'_>,
        entry: Entry,
        changes: &mut Vec<AlertChange>,
    ) {
        let plan = &self.rule.plan;
        if record.trust < plan.trust || !plan.selection.selects(record) {
            return;
        }
        self.tally.matched += 1;
        let parts = extract(plan.key, record);
        let facts = Facts::of(plan, record, context.known);
        let (Some(parts), Some(facts)) = (parts, facts) else {
            self.tally.without_key += 1;
            return;
        };
        let hash = parts.hash();
        if !self.keys.contains_key(&hash) {
            self.make_room(context, changes);
        }
        let plan = &self.rule.plan;
        let item = Item { entry, facts };
        let state = self
            .keys
            .entry(hash)
            .or_insert_with(|| KeyState::new(plan, &item));
        let held = state.entries();
        let mut reporter = Reporter::new(&self.rule, context, hash, &mut self.tally, changes);
        let mut ended = Vec::new();
        state.settle(plan, context.time.watermark_for(state.producer), &mut ended);
        reporter.close(state, &mut ended);
        let pushed = state.add(plan, item);
        let before = pushed
            .ended
            .and_then(|ended| Some((ended.burst, ended.episode?)));
        if state.key.is_none() && (before.is_some() || state.latest().episode.is_some()) {
            state.key = Some(Box::new(parts.to_key()));
        }
        if let Some((burst, episode)) = before {
            // A late event completed a burst that is not the latest.
            reporter.raise_of(state, &episode, burst);
        }
        reporter.raise(state);
        state.settle(plan, context.time.watermark_for(state.producer), &mut ended);
        while state.pending() > plan.max_entries {
            state.settle_early(plan, &mut ended);
            reporter.tally.settled_early += 1;
        }
        reporter.close(state, &mut ended);
        reporter.raise(state);
        reporter.update(state, pushed.escalated, &mut self.updates);
        self.entries = self.entries + state.entries() - held;
        let due = state.next_due(plan);
        reschedule(&mut self.timers, hash, state, due);
    }

    /// Does what the clocks have made due.
    pub(super) fn advance(&mut self, context: Context<'_>, changes: &mut Vec<AlertChange>) {
        while let Some(&(due, hash)) = self.updates.first()
            && due <= context.time.now
        {
            self.updates.pop_first();
            if let Some(state) = self.keys.get_mut(&hash) {
                Reporter::new(&self.rule, context, hash, &mut self.tally, changes).tell(state, due);
            }
        }
        let watermark = context.time.watermark();
        while let Some(&(due, hash)) = self.timers.first()
            && due <= watermark
        {
            self.timers.pop_first();
            self.look(context, hash, changes);
        }
    }

    fn look(&mut self, context: Context<'_>, hash: u128, changes: &mut Vec<AlertChange>) {
        let plan = &self.rule.plan;
        let Some(state) = self.keys.get_mut(&hash) else {
            return;
        };
        let held = state.entries();
        let watermark = context.time.watermark_for(state.producer);
        let mut reporter = Reporter::new(&self.rule, context, hash, &mut self.tally, changes);
        let mut ended = Vec::new();
        state.settle(plan, watermark, &mut ended);
        reporter.close(state, &mut ended);
        reporter.raise(state);
        reporter.update(state, false, &mut self.updates);
        self.entries = self.entries + state.entries() - held;
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
        self.timers.insert((due, hash));
    }

    fn forget(&mut self, hash: u128) {
        if let Some(state) = self.keys.remove(&hash) {
            self.entries -= state.entries();
            self.timers.remove(&(state.timer, hash));
        }
    }

    /// The alerts that are open, as they are now.
    pub(super) fn open_alerts(&self, context: Context<'_>) -> Vec<Alert> {
        let open = |(hash, state): (&u128, &KeyState)| {
            let open = state.alert.as_ref()?;
            let episode = state.episode(open);
            let form = report::Form::new(&self.rule, context, *hash);
            Some(form.alert(state, open, episode, AlertStatus::Open))
        };
        self.keys.iter().filter_map(open).collect()
    }

    pub(super) fn stats(&self) -> RuleStats {
        RuleStats {
            name: self.rule.info.name.clone(),
            keys: self.keys.len(),
            entries: self.entries,
            matched: self.tally.matched,
            without_key: self.tally.without_key,
            open_alerts: self.tally.open,
            raised: self.tally.raised,
            evicted_keys: self.tally.evicted_keys,
            settled_early: self.tally.settled_early,
        }
    }

    /// The state, for a snapshot.
    pub(super) fn parts(&self) -> (Vec<(&u128, &KeyState)>, &Tally) {
        (self.keys.iter().collect(), &self.tally)
    }

    /// The lane as a snapshot has it.
    pub(super) fn restored(rule: Rule, keys: Vec<(u128, KeyState)>, tally: Tally) -> Self {
        let timers = keys
            .iter()
            .map(|(hash, state)| (state.timer, *hash))
            .collect();
        let due =
            |(hash, state): &(u128, KeyState)| Some((state.alert.as_ref()?.update_due?, *hash));
        Self {
            rule,
            timers,
            updates: keys.iter().filter_map(due).collect(),
            entries: keys.iter().map(|(_, state)| state.entries()).sum(),
            keys: keys.into_iter().collect(),
            tally,
        }
    }
}

fn reschedule(timers: &mut BTreeSet<(i64, u128)>, hash: u128, state: &mut KeyState, due: i64) {
    // A later due date is found out when the timer fires: one event, no change to the set.
    if due < state.timer {
        timers.remove(&(state.timer, hash));
        state.timer = due;
        timers.insert((due, hash));
    }
}

/// Milliseconds of event time.
const LOOK_AGAIN: i64 = 1_000;
