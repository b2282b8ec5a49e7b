mod budget;
mod report;

use std::collections::BTreeSet;

use jwtrail_event::EventName;

use report::Reporter;
pub(super) use report::Tally;

use super::RuleStats;
use super::entry::{Entry, Item};
use super::facts::Facts;
use super::heading::Heading;
use super::key_state::KeyState;
use super::known::KnownSubjects;
use super::names::Names;
use super::sighting::Sighting;
use super::table::Table;
use super::time::Time;
use super::timers::{Timer, Timers};
use crate::hash::Hash;
use crate::key::Parts;
use crate::{Alert, AlertChange, AlertStatus, Key, Rule, RuleInfo};

/// One rule and what it knows of each of its keys. Lanes share nothing, and neither do keys: a
/// shard is some of the keys of each lane.
#[derive(Debug)]
pub(super) struct Lane {
    rule: Rule,
    heading: Heading,
    keys: Table<KeyState>,
    timers: Timers,
    /// When an alert's update is to be told, in time of arrival.
    updates: BTreeSet<(i64, u128)>,
    entries: usize,
    tally: Tally,
}

/// A key of one record.
#[derive(Debug)]
struct LaneKey<'r> {
    parts: Parts<'r>,
    hash: u128,
    /// What the rule splits its keys by.
    per: Option<String>,
}

impl LaneKey<'_> {
    fn to_key(&self) -> Key {
        let mut key = self.parts.to_key();
        if let Some(per) = &self.per {
            key.display = format!("{}, {per}", key.display);
            key.per = Some(per.clone());
        }
        key
    }
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
            heading: Heading::of(&rule),
            rule,
            keys: Table::new(),
            timers: Timers::default(),
            updates: BTreeSet::new(),
            entries: 0,
            tally: Tally::default(),
        }
    }

    pub(super) fn observe(
        &mut self,
        context: Context<'_>,
        seen: &mut Sighting<'_>,
        entry: Entry,
        changes: &mut Vec<AlertChange>,
    ) {
        let plan = &self.rule.plan;
        let selected = plan.select(seen.record);
        if selected.is_empty() {
            return;
        }
        self.tally.matched += 1;
        let Some(facts) = Facts::of(plan, selected, seen, context.known) else {
            self.tally.without_key += 1;
            return;
        };
        let mut found = false;
        for at in 0..self.rule.plan.keys.len() {
            let Some(key) = self.key(at, seen) else {
                continue;
            };
            found = true;
            let item = Item {
                entry,
                facts: facts.clone(),
            };
            self.take_in(context, key, item, changes);
        }
        self.tally.without_key += u64::from(!found);
    }

    /// The record's key of the rule's `at`th class.
    fn key<'r>(&self, at: usize, seen: &mut Sighting<'r>) -> Option<LaneKey<'r>> {
        let plan = &self.rule.plan;
        let (parts, hash) = seen.key(*plan.keys.get(at)?)?;
        if plan.per.is_empty() {
            return Some(LaneKey {
                parts,
                hash,
                per: None,
            });
        }
        let mut whole = Hash::new("per").bytes(&hash.to_le_bytes());
        let mut per: Vec<String> = Vec::new();
        for field in &plan.per {
            let value = field.value(seen.record);
            let text = value.shown()?;
            whole = whole.part(&text);
            per.push(text.into_owned());
        }
        Some(LaneKey {
            parts,
            hash: whole.finish(),
            per: Some(per.join(", ")),
        })
    }

    fn take_in(
        &mut self,
        context: Context<'_>,
        key: LaneKey<'_>,
        item: Item,
        changes: &mut Vec<AlertChange>,
    ) {
        let hash = key.hash;
        let found = self.keys.find(hash);
        if found.is_none() {
            self.make_room(context, changes);
        }
        let plan = &self.rule.plan;
        let row = found.unwrap_or_else(|| self.keys.insert(hash, KeyState::new(plan, &item)));
        let Some((_, state)) = self.keys.get_mut(row) else {
            return;
        };
        let held = state.entries();
        let mut reporter = Reporter::new(&self.heading, context, hash, &mut self.tally, changes);
        let mut ended = Vec::new();
        state.settle(plan, context.time.up_to(state.producer), &mut ended);
        reporter.close(state, &mut ended);
        let pushed = state.add(plan, item);
        let before = pushed
            .ended
            .and_then(|ended| Some((ended.burst, ended.episode?)));
        if state.key.is_none()
            && (plan.settled_only || before.is_some() || state.latest().episode.is_some())
        {
            state.key = Some(Box::new(key.to_key()));
        }
        if let Some((burst, episode)) = before {
            // A late event completed a burst that is not the latest.
            reporter.raise_of(state, &episode, burst);
        }
        reporter.raise(state);
        state.settle(plan, context.time.up_to(state.producer), &mut ended);
        while state.pending() > plan.max_entries {
            state.settle_early(plan, &mut ended);
            reporter.tally.settled_early += 1;
        }
        reporter.close(state, &mut ended);
        reporter.raise(state);
        reporter.update(state, pushed.escalated, &mut self.updates);
        self.entries = self.entries + state.entries() - held;
        let due = state.next_due(plan);
        // A later due date is found out when the timer fires: an event costs no timer.
        if due < state.timer {
            state.timer = due;
            self.timers.set(due, hash, row);
        }
    }

    /// Does what the clocks have made due.
    pub(super) fn advance(&mut self, context: Context<'_>, changes: &mut Vec<AlertChange>) {
        while let Some(&(due, hash)) = self.updates.first()
            && due <= context.time.now
        {
            self.updates.pop_first();
            let row = self.keys.find(hash);
            if let Some((_, state)) = row.and_then(|row| self.keys.get_mut(row)) {
                Reporter::new(&self.heading, context, hash, &mut self.tally, changes)
                    .tell(state, due);
            }
        }
        let watermark = context.time.watermark();
        while let Some(timer) = self.timers.pop_due(watermark) {
            self.look(context, timer, changes);
        }
    }

    fn look(&mut self, context: Context<'_>, timer: Timer, changes: &mut Vec<AlertChange>) {
        let plan = &self.rule.plan;
        let (hash, state) = match self.keys.get_mut(timer.row) {
            Some((hash, state)) if state.timer == timer.due => (hash, state),
            _ => return,
        };
        let held = state.entries();
        let up_to = context.time.up_to(state.producer);
        let watermark = up_to.watermark;
        let mut reporter = Reporter::new(&self.heading, context, hash, &mut self.tally, changes);
        let mut ended = Vec::new();
        state.settle(plan, up_to, &mut ended);
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
        self.timers.set(due, hash, timer.row);
    }

    fn forget(&mut self, hash: u128) {
        if let Some(state) = self.keys.remove(hash) {
            self.entries -= state.entries();
        }
    }

    /// The alerts that are open, as they are now.
    pub(super) fn open_alerts(&self, context: Context<'_>) -> impl Iterator<Item = Alert> {
        open_alerts(&self.heading, context, self.keys())
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

    pub(super) const fn info(&self) -> &RuleInfo {
        self.rule.info()
    }

    pub(super) fn can_select(&self, event: EventName) -> bool {
        self.rule.plan.can_select(event)
    }

    pub(super) const fn heading(&self) -> &Heading {
        &self.heading
    }

    pub(super) const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// In the order of the hashes.
    pub(super) fn keys(&self) -> impl Iterator<Item = (u128, &KeyState)> {
        let mut keys: Vec<(u128, &KeyState)> = self.keys.iter().collect();
        keys.sort_unstable_by_key(|(hash, _)| *hash);
        keys.into_iter()
    }

    /// The lane as a snapshot has it.
    pub(super) fn restored(rule: Rule, keys: Vec<(u128, KeyState)>, tally: Tally) -> Self {
        let mut lane = Self {
            tally,
            ..Self::new(rule)
        };
        for (hash, state) in keys {
            let (due, entries) = (state.timer, state.entries());
            let update = state.alert.as_ref().and_then(|alert| alert.update_due);
            lane.updates.extend(update.map(|due| (due, hash)));
            lane.entries += entries;
            let row = lane.keys.insert(hash, state);
            lane.timers.set(due, hash, row);
        }
        lane
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
