use std::collections::BTreeSet;

use jwtrail_event::{EventId, Timestamp};
use serde::{Deserialize, Serialize};

use super::Context;
use crate::engine::changes::Changes;
use crate::engine::entry::Entry;
use crate::engine::episode::Episode;
use crate::engine::heading::Heading;
use crate::engine::key_state::{KeyState, OpenAlert};
use crate::engine::packed::PackedKey;
use crate::engine::snapshot::MANY;
use crate::engine::track::Ended;
use crate::hash::Hash;
use crate::{Alert, AlertChange, AlertId, AlertStatus, EvidenceItem, Key, RuleStats};

/// What a lane has done.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::engine) struct Tally {
    pub(super) matched: u64,
    pub(super) without_key: u64,
    pub(super) raised: u64,
    pub(super) open: usize,
    pub(super) evicted_keys: u64,
    pub(super) settled_early: u64,
}

impl Tally {
    /// The two together.
    pub(in crate::engine) fn with(mut self, other: &Self) -> Self {
        self.matched += other.matched;
        self.without_key += other.without_key;
        self.raised += other.raised;
        self.open += other.open;
        self.evicted_keys += other.evicted_keys;
        self.settled_early += other.settled_early;
        self
    }

    /// With what the router counted: events that matched and lack what the rule needs.
    pub(in crate::engine) fn with_keyless(mut self, events: u64) -> Self {
        self.matched += events;
        self.without_key += events;
        self
    }

    /// What the router counted, taken out.
    pub(in crate::engine) fn take_keyless(&mut self) -> u64 {
        let events = std::mem::take(&mut self.without_key);
        self.matched = self.matched.saturating_sub(events);
        events
    }

    /// As others see it.
    pub(in crate::engine) fn stats(&self, name: &str, keys: usize, entries: usize) -> RuleStats {
        RuleStats {
            name: name.to_owned(),
            keys,
            entries,
            matched: self.matched,
            without_key: self.without_key,
            open_alerts: self.open,
            raised: self.raised,
            evicted_keys: self.evicted_keys,
            settled_early: self.settled_early,
        }
    }

    /// Whether a snapshot can have it, with so many alerts open.
    pub(in crate::engine) fn is_sound(&self, open: usize) -> bool {
        let counts = [
            self.matched,
            self.without_key,
            self.raised,
            self.evicted_keys,
            self.settled_early,
        ];
        self.open == open && counts.iter().all(|count| *count <= MANY)
    }
}

/// Turns what happens to one key's state into changes of its alert.
#[derive(Debug)]
pub(super) struct Reporter<'l> {
    form: Form<'l>,
    pub(super) tally: &'l mut Tally,
    changes: &'l mut Changes,
}

impl<'l> Reporter<'l> {
    pub(super) const fn new(
        heading: &'l Heading,
        context: Context<'l>,
        hash: u128,
        tally: &'l mut Tally,
        changes: &'l mut Changes,
    ) -> Self {
        Self {
            form: Form::new(heading, context, hash),
            tally,
            changes,
        }
    }

    /// Raises the alert of the latest episode, if none is open.
    #[inline]
    pub(super) fn raise(&mut self, state: &mut KeyState) {
        if state.alert.is_none() && state.latest().episode.is_some() {
            self.raise_latest(state);
        }
    }

    #[cold]
    fn raise_latest(&mut self, state: &mut KeyState) {
        let latest = state.latest();
        if let Some(episode) = latest.episode.clone() {
            let burst = latest.burst;
            self.raise_of(state, &episode, burst);
        }
    }

    /// Raises the alert of an episode, if none is open.
    pub(super) fn raise_of(&mut self, state: &mut KeyState, episode: &Episode, burst: u32) {
        if state.alert.is_some() {
            return;
        }
        let open = self.open(episode, burst);
        let alert = self.form.alert(state, &open, episode, AlertStatus::Open);
        self.changes.push(AlertChange::Raised(alert));
        state.alert = Some(Box::new(open));
    }

    fn open(&mut self, episode: &Episode, burst: u32) -> OpenAlert {
        self.tally.raised += 1;
        self.tally.open += 1;
        OpenAlert {
            id: self.form.id(&episode.decisive),
            raised: episode.clone(),
            burst,
            update_due: None,
        }
    }

    /// Resolves the alerts of the bursts that are over.
    #[inline]
    pub(super) fn close(&mut self, state: &mut KeyState, ended: &mut Vec<Ended>) {
        if !ended.is_empty() {
            self.close_all(state, ended);
        }
    }

    #[cold]
    fn close_all(&mut self, state: &mut KeyState, ended: &mut Vec<Ended>) {
        for ended in ended.drain(..) {
            let due = |open: &mut Box<OpenAlert>| is_up_to(open.burst, ended.burst);
            if let Some(open) = state.alert.take_if(due) {
                let same = open.burst == ended.burst;
                let of_burst = ended.episode.as_deref().filter(|_| same);
                self.resolve(state, &open, of_burst);
                if same {
                    continue;
                }
            }
            if let Some(episode) = ended.episode {
                // Its alert waited for the one before it to be over.
                let open = self.open(&episode, ended.burst);
                let alert = self.form.alert(state, &open, &episode, AlertStatus::Open);
                self.changes.push(AlertChange::Raised(alert));
                self.resolve(state, &open, Some(&episode));
            }
        }
    }

    /// Resolves with the settled episode, or as it was raised where the final order does not
    /// confirm it.
    fn resolve(&mut self, state: &KeyState, open: &OpenAlert, settled: Option<&Episode>) {
        let episode = settled.unwrap_or(&open.raised);
        let mut alert = self.form.alert(state, open, episode, AlertStatus::Resolved);
        alert.settled_id = settled.map(|episode| self.form.id(&episode.decisive));
        self.tally.open = self.tally.open.saturating_sub(1);
        self.changes.push(AlertChange::Resolved(alert));
    }

    /// Resolves before the time, for want of memory.
    pub(super) fn give_up(mut self, state: &mut KeyState) {
        if let Some(open) = state.alert.take() {
            let episode = state.episode(&open).clone();
            self.resolve(state, &open, Some(&episode));
        }
    }

    /// Sees to it that what changed is told: at once where it became worse.
    pub(super) fn update(
        &mut self,
        state: &mut KeyState,
        worse: bool,
        updates: &mut BTreeSet<(i64, u128)>,
    ) {
        let Some(open) = state.alert.as_deref() else {
            return;
        };
        let episode = state.episode(open);
        let changed = episode.count != open.raised.count
            || episode.decisive.event_id() != open.raised.decisive.event_id();
        if worse && changed {
            self.tell_now(state);
        } else if changed && open.update_due.is_none() {
            let second = self.form.context.time.now.div_euclid(UPDATE_EVERY);
            let due = second.saturating_add(1).saturating_mul(UPDATE_EVERY);
            updates.insert((due, self.form.hash));
            if let Some(open) = &mut state.alert {
                open.update_due = Some(due);
            }
        }
    }

    /// Tells an update that is due.
    pub(super) fn tell(&mut self, state: &mut KeyState, due: i64) {
        if let Some(open) = &mut state.alert
            && open.update_due == Some(due)
        {
            open.update_due = None;
            self.tell_now(state);
        }
    }

    fn tell_now(&mut self, state: &mut KeyState) {
        let Some(open) = state.alert.as_deref() else {
            return;
        };
        let episode = state.episode(open).clone();
        let alert = self.form.alert(state, open, &episode, AlertStatus::Open);
        self.changes.push(AlertChange::Updated(alert));
        if let Some(open) = &mut state.alert {
            open.raised = episode;
        }
    }
}

/// Whether a burst's number is not after another's.
const fn is_up_to(burst: u32, other: u32) -> bool {
    other.wrapping_sub(burst) < u32::MAX / 2
}

/// Writes alerts out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form<'l> {
    heading: &'l Heading,
    context: Context<'l>,
    hash: u128,
}

impl<'l> Form<'l> {
    pub(super) const fn new(heading: &'l Heading, context: Context<'l>, hash: u128) -> Self {
        Self {
            heading,
            context,
            hash,
        }
    }

    fn id(&self, decisive: &Entry) -> AlertId {
        let hash = Hash::new("alert")
            .part(&self.heading.rule)
            .part(&self.heading.version)
            .bytes(&self.hash.to_le_bytes())
            .bytes(&decisive.event_id().to_le_bytes());
        AlertId::from_u128(hash.finish())
    }

    pub(super) fn alert(
        &self,
        state: &KeyState,
        open: &OpenAlert,
        episode: &Episode,
        status: AlertStatus,
    ) -> Alert {
        let heading = self.heading;
        let worse = heading.worse.filter(|_| episode.escalated);
        let time = |millis| Timestamp::from_millis(millis);
        let service = |number| self.context.names.name(number).to_owned();
        let mut services: Vec<String> = episode.services().map(service).collect();
        services.sort();
        let settled = state.settled.episode.as_deref();
        let settled = settled.filter(|_| state.is_settled(open));
        // What is judged in final order only is settled whenever it is told.
        let settled = settled.or_else(|| heading.settled_only.then_some(episode));
        let key = state
            .key
            .as_ref()
            .map_or_else(Key::default, PackedKey::unpack);
        let item = |e: &Entry| EvidenceItem::new(e.position, e.event_id(), e.time);
        let beyond = episode.is_beyond_evidence();
        let witnesses = beyond.then(|| episode.witnesses()).flatten();
        let witnesses = witnesses.map(|all| all.iter().map(item).collect());
        Alert {
            id: open.id,
            settled_id: settled.map(|episode| self.id(&episode.decisive)),
            rule: heading.rule.clone(),
            rule_version: heading.version.clone(),
            title: heading.title.clone(),
            description: heading.description.clone(),
            severity: worse.unwrap_or(heading.severity),
            status,
            key_class: heading.class_of(&key),
            key,
            first_time: time(episode.first_time),
            last_time: time(episode.last_time),
            raised_at: time(episode.decisive.time),
            count: episode.count,
            decisive_event_id: EventId::from_u128(episode.decisive.event_id()).to_string(),
            evidence: episode.evidence().iter().map(item).collect(),
            services,
            producer: self
                .context
                .time
                .producer(episode.decisive.writer())
                .to_owned(),
            response: heading.response,
            part_of: None,
            witnesses,
        }
    }
}

/// Milliseconds of arrival.
const UPDATE_EVERY: i64 = 1_000;
