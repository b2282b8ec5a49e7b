use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::entry::Item;
use super::episode::Episode;
use super::packed;
use super::track::{Ended, Pushed, Track};
use crate::rule::Plan;
use crate::{AlertId, Key};

/// What one rule knows of one key.
///
/// Below the watermark the fold has run in final order; above it the items are kept, and a
/// second fold runs ahead over them in the best order known, to raise at once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct KeyState {
    pub(super) settled: Track,
    /// `settled` and all that is pending; none while nothing is.
    head: Option<Track>,
    /// In final order.
    pending: VecDeque<Item>,
    /// Known once the key had an episode.
    #[serde(with = "packed::key")]
    pub(super) key: Option<Box<Key>>,
    pub(super) alert: Option<Box<OpenAlert>>,
    /// Who delivered the last item.
    #[serde(with = "packed::bits")]
    pub(super) producer: u64,
    /// The time of the last item.
    pub(super) seen: i64,
    /// When the watermark has to look here again.
    pub(super) timer: i64,
}

/// How far things have come.
#[derive(Clone, Copy, Debug)]
pub(super) struct UpTo {
    /// Up to here everything is in final order.
    pub(super) watermark: i64,
    /// Up to here the log tells of what came, and so of what did not.
    pub(super) log: i64,
}

/// An alert that was raised and not resolved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct OpenAlert {
    pub(super) id: AlertId,
    /// The episode as it was when it was raised.
    pub(super) raised: Episode,
    /// The burst it belongs to.
    pub(super) burst: u32,
    /// When what changed since is to be told, in time of arrival.
    pub(super) update_due: Option<i64>,
}

impl KeyState {
    pub(super) fn new(plan: &Plan, item: &Item) -> Self {
        Self {
            settled: Track::new(plan),
            head: None,
            pending: VecDeque::new(),
            key: None,
            alert: None,
            producer: item.entry.producer,
            seen: item.entry.time,
            timer: i64::MAX,
        }
    }

    /// Whether a snapshot of this rule can have it.
    pub(super) fn is_sound(&self, plan: &Plan) -> bool {
        let order = |a: &&Item, b: &&Item| a.entry.order() <= b.entry.order();
        let fits = |item: &Item| item.facts.fit(plan);
        self.settled.is_sound(plan)
            && self.head.as_ref().is_none_or(|head| head.is_sound(plan))
            && self.head.is_some() == (!self.pending.is_empty() && !plan.settled_only)
            && self.pending.len() <= plan.max_entries
            && self.pending.iter().is_sorted_by(order)
            && self.pending.iter().all(fits)
    }

    /// Puts an item at its place and runs ahead.
    pub(super) fn add(&mut self, plan: &Plan, item: Item) -> Pushed {
        self.producer = item.entry.producer;
        self.seen = self.seen.max(item.entry.time);
        let after = |pending: &Item| pending.entry.order() > item.entry.order();
        let behind = self.pending.iter().rev().take_while(|i| after(i)).count();
        let at = self.pending.len() - behind;
        if plan.settled_only {
            self.pending.insert(at, item);
            return Pushed::default();
        }
        let head = self.head.get_or_insert_with(|| self.settled.clone());
        let pushed = if behind == 0 {
            head.push(plan, &item)
        } else if head.absorbs(plan, &item) {
            if let Some(episode) = &mut head.episode {
                episode.add(item.entry);
            }
            Pushed::default()
        } else {
            let before = head
                .episode
                .as_ref()
                .is_some_and(|episode| episode.escalated);
            self.pending.insert(at, item);
            return self.run_again(plan, before);
        };
        self.pending.insert(at, item);
        pushed
    }

    /// Runs the fold ahead from the settled state over everything pending.
    fn run_again(&mut self, plan: &Plan, was_escalated: bool) -> Pushed {
        let mut head = self.settled.clone();
        let mut ended = None;
        for item in &self.pending {
            let pushed = head.push(plan, item);
            let episode = |ended: &Ended| ended.episode.is_some();
            ended = ended.or_else(|| pushed.ended.filter(episode));
            if let Some(alert) = &mut self.alert
                && alert.raised.decisive.event_id == item.entry.event_id
            {
                alert.burst = head.burst;
            }
        }
        let escalated = head
            .episode
            .as_ref()
            .is_some_and(|episode| episode.escalated);
        let pushed = Pushed {
            ended,
            escalated: escalated && !was_escalated,
        };
        self.head = Some(head);
        pushed
    }

    /// Puts what the watermark has passed in final order; tells the bursts that ended by it.
    pub(super) fn settle(&mut self, plan: &Plan, up_to: UpTo, ended: &mut Vec<Ended>) {
        let due = |item: &Item| item.entry.time <= up_to.watermark;
        while let Some(item) = self.pending.pop_front_if(|item| due(item)) {
            self.settle_one(plan, &item, ended);
        }
        self.caught_up();
        // What is pending can't belong to a burst that ended before it.
        let next = self.pending.front().map(|item| item.entry.time);
        let reached = next.map_or(up_to.watermark, |next| up_to.watermark.min(next));
        self.settled.wait(plan, reached.min(up_to.log), ended);
        ended.extend(self.settled.end(plan, reached));
    }

    /// Settles the oldest pending item before its time, for want of room.
    pub(super) fn settle_early(&mut self, plan: &Plan, ended: &mut Vec<Ended>) {
        if let Some(item) = self.pending.pop_front() {
            self.settle_one(plan, &item, ended);
        }
        self.caught_up();
    }

    fn settle_one(&mut self, plan: &Plan, item: &Item, ended: &mut Vec<Ended>) {
        self.settled.wait(plan, item.entry.time, ended);
        ended.extend(self.settled.push(plan, item).ended);
        if let Some(alert) = &mut self.alert
            && alert.raised.decisive.event_id == item.entry.event_id
        {
            alert.burst = self.settled.burst;
        }
    }

    fn caught_up(&mut self) {
        if self.pending.is_empty() {
            self.head = None;
        }
    }

    pub(super) fn pending(&self) -> usize {
        self.pending.len()
    }

    /// How many entries are held.
    pub(super) fn entries(&self) -> usize {
        let head = self.head.as_ref().map_or(0, Track::len);
        self.settled.len() + head + self.pending.len()
    }

    /// The fold that has seen most.
    pub(super) fn latest(&self) -> &Track {
        self.head.as_ref().unwrap_or(&self.settled)
    }

    /// The open alert's episode as it is now.
    pub(super) fn episode<'s>(&'s self, open: &'s OpenAlert) -> &'s Episode {
        let of_burst = |track: &'s Track| {
            let episode = track.episode.as_deref();
            episode.filter(|_| track.burst == open.burst)
        };
        of_burst(self.latest())
            .or_else(|| of_burst(&self.settled))
            .unwrap_or(&open.raised)
    }

    /// Whether the open alert's crossing is in final order.
    pub(super) fn is_settled(&self, open: &OpenAlert) -> bool {
        self.settled.burst == open.burst && self.settled.episode.is_some()
    }

    /// The next watermark at which something has to be done here.
    pub(super) fn next_due(&self, plan: &Plan) -> i64 {
        let crossing = self.alert.as_ref().filter(|open| !self.is_settled(open));
        let crossing = crossing.map(|open| open.raised.decisive.time);
        let end = self
            .latest()
            .last
            .map(|last| last.saturating_add(plan.quiet));
        let pending_end = self
            .settled
            .last
            .map(|last| last.saturating_add(plan.quiet));
        let pending = self.pending.front().filter(|_| plan.settled_only);
        let pending = pending.map(|item| item.entry.time);
        let wait = self.settled.deadline(plan);
        [crossing, end, pending_end, pending, wait]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or_else(|| self.seen.saturating_add(plan.retention))
    }

    /// Whether nothing here matters any more.
    pub(super) fn is_over(&self, plan: &Plan, watermark: i64) -> bool {
        self.alert.is_none()
            && self.pending.is_empty()
            && self.settled.last.is_none()
            && self.settled.deadline(plan).is_none()
            && watermark >= self.seen.saturating_add(plan.retention)
    }
}
