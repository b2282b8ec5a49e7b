use std::collections::VecDeque;
use std::hint::black_box;

use serde::{Deserialize, Serialize};

use super::entry::Item;
use super::episode::Episode;
use super::packed::{self, PackedKey};
use super::time::Time;
use super::track::{Ended, Pushed, Track};
use crate::AlertId;
use crate::rule::Plan;

/// What one rule knows of one key.
///
/// Below the watermark the fold has run in final order; above it the items are kept, and a
/// second fold runs ahead over them in the best order known, to raise at once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct KeyState {
    pub(super) settled: Track,
    /// `settled` and all that is pending; none while nothing is, where only what is settled is
    /// judged, and where the little that is pending can't raise anything.
    head: Option<Box<Track>>,
    /// Where a head can be made anew from, so that not all that is pending has to be gone through
    /// again for an event that is a little late.
    #[serde(skip)]
    ahead: Option<Box<Ahead>>,
    /// What is above the watermark, in final order.
    pending: VecDeque<Item>,
    /// Known once an alert may need it.
    pub(super) key: Option<PackedKey>,
    pub(super) alert: Option<Box<OpenAlert>>,
    /// Who delivered the last item.
    #[serde(with = "packed::bits")]
    pub(super) producer: u64,
    /// The time of the last item.
    pub(super) seen: i64,
    /// When the watermark has to look here again.
    pub(super) timer: i64,
}

/// `settled` and the first so many that are pending.
#[derive(Clone, Debug)]
struct Ahead {
    track: Track,
    of: usize,
}

/// How far things have come.
#[derive(Clone, Copy, Debug)]
pub(super) struct UpTo {
    /// Up to here everything is in final order.
    pub(super) watermark: i64,
    /// Up to here the log tells of what came, and so of what did not.
    pub(super) log: i64,
}

impl UpTo {
    /// Whether there is nothing that is up to here and was not up to there.
    pub(super) const fn is_within(self, other: Self) -> bool {
        self.watermark <= other.watermark && self.log <= other.log
    }
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
            ahead: None,
            pending: VecDeque::new(),
            key: None,
            alert: None,
            producer: item.entry.writer(),
            seen: item.entry.time,
            timer: i64::MAX,
        }
    }

    /// What is known of a key that has seen these, in the order of their arrival, where none
    /// of them was behind the watermark when it came and none can have met the rule.
    pub(super) fn of(plan: &Plan, mut items: Vec<Item>, time: &Time) -> Option<Self> {
        let mut state = Self::new(plan, items.last()?);
        let latest = items.iter().map(|item| item.entry.time).max();
        state.seen = latest.unwrap_or(state.seen);
        items.sort_by(|one, other| one.entry.compare(&other.entry));
        state.pending = items.into();
        let up_to = if plan.settled_only {
            time.up_to_unseen(state.producer)
        } else {
            time.up_to(state.producer)
        };
        state.settle(plan, up_to, &mut Vec::new());
        Some(state)
    }

    /// Whether a snapshot of this rule can have it.
    pub(super) fn is_sound(&self, plan: &Plan) -> bool {
        let order = |a: &&Item, b: &&Item| a.entry.order() <= b.entry.order();
        let fits = |item: &Item| item.facts.fit(plan);
        let head = self.head.as_ref();
        let head_fits = !plan.settled_only && !self.pending.is_empty();
        self.settled.is_sound(plan)
            && head.is_none_or(|head| head_fits && head.is_sound(plan))
            && self.pending.len() <= plan.most_pending(usize::MAX)
            && self.pending.iter().is_sorted_by(order)
            && self.pending.iter().all(fits)
    }

    /// Has the machine fetch at once what both folds will look at.
    #[inline]
    pub(super) fn fetch(&self, plan: &Plan, item: &Item) {
        if let (Some(head), Some(oldest)) = (&self.head, self.pending.front()) {
            self.settled.fetch(plan, oldest);
            head.fetch(plan, item);
        }
    }

    /// Puts an item at its place and runs ahead.
    pub(super) fn add(&mut self, plan: &Plan, item: Item) -> Pushed {
        self.producer = item.entry.writer();
        self.seen = self.seen.max(item.entry.time);
        let at = place_of(&self.pending, &item);
        let behind = self.pending.len() - at;
        let Some(head) = &mut self.head else {
            self.insert(plan, at, item);
            if plan.settled_only || !self.may_raise(plan) {
                return Pushed::default();
            }
            return self.run_again(plan, is_escalated(&self.settled));
        };
        let pushed = if behind == 0 {
            head.push(plan, &item)
        } else if head.absorbs(plan, &item) {
            if let Some(episode) = &mut head.episode {
                episode.add(item.entry, item.facts.vouched);
            }
            Pushed::default()
        } else {
            let before = is_escalated(head);
            self.insert(plan, at, item);
            return self.run_again(plan, before);
        };
        self.insert(plan, at, item);
        pushed
    }

    fn insert(&mut self, plan: &Plan, at: usize, item: Item) {
        self.ahead = self.ahead.take().filter(|ahead| ahead.of <= at);
        if self.pending.len() == self.pending.capacity() {
            // Most keys have one: room for one, two, four and so on. Where no more may be pending
            // one takes the place of the other, which is still close by.
            let len = self.pending.len();
            let most = plan.most_pending(usize::MAX).saturating_add(1);
            self.pending
                .reserve_exact(most.saturating_sub(len).clamp(1, len.max(1)));
        }
        if at == self.pending.len() {
            self.pending.push_back(item);
        } else {
            self.pending.insert(at, item);
        }
    }

    /// Whether a fold that runs ahead could find anything. Where the answer is no, in whatever
    /// order things are, there need be none.
    fn may_raise(&self, plan: &Plan) -> bool {
        self.alert.is_some()
            || self.pending.len() > SEEN_THROUGH
            || self.settled.may_raise(plan, &self.pending)
    }

    /// Whether what is pending could raise an alert once it is settled.
    pub(super) fn may_raise_later(&self, plan: &Plan) -> bool {
        plan.settled_only && self.may_raise(plan)
    }

    /// Runs the fold ahead over what is pending, from the settled state or from where it got to.
    fn run_again(&mut self, plan: &Plan, was_escalated: bool) -> Pushed {
        let mut ahead = self.ahead.take();
        let (mut head, from) = match ahead.as_deref().cloned() {
            Some(Ahead { track, of }) => (track, of),
            None => (self.settled.clone(), 0),
        };
        let to_go = self.pending.len().saturating_sub(from);
        let rest_at = (to_go > FAR).then(|| self.pending.len() - NEAR);
        let mut ended = None;
        for (at, item) in self.pending.iter().enumerate().skip(from) {
            if Some(at) == rest_at {
                let track = head.clone();
                ahead = Some(Box::new(Ahead { track, of: at }));
            }
            let pushed = head.push(plan, item);
            let episode = |ended: &Ended| ended.episode.is_some();
            ended = ended.or_else(|| pushed.ended.filter(episode));
            if let Some(alert) = &mut self.alert
                && alert.raised.decisive.event_id() == item.entry.event_id()
            {
                alert.burst = head.burst;
            }
        }
        let pushed = Pushed {
            ended,
            escalated: is_escalated(&head) && !was_escalated,
        };
        self.head = Some(Box::new(head));
        self.ahead = ahead;
        pushed
    }

    /// Puts what the watermark has passed in final order; tells the bursts that ended by it.
    pub(super) fn settle(&mut self, plan: &Plan, up_to: UpTo, ended: &mut Vec<Ended>) {
        while self
            .next_pending()
            .is_some_and(|next| next <= up_to.watermark)
        {
            self.settle_first(plan, ended);
        }
        self.caught_up();
        // What is pending can't belong to a burst that ended before it.
        let next = self.next_pending();
        let reached = next.map_or(up_to.watermark, |next| up_to.watermark.min(next));
        self.settled.wait(plan, reached.min(up_to.log), ended);
        ended.extend(self.settled.end(plan, reached));
        self.look_back(ended);
    }

    /// Settles the oldest pending item before its time, for want of room.
    pub(super) fn settle_early(&mut self, plan: &Plan, ended: &mut Vec<Ended>) {
        self.settle_first(plan, ended);
        self.caught_up();
        self.look_back(ended);
    }

    /// Where a burst is over, so may be its alert, and there is room for that of a burst between
    /// here and where the fold got to.
    fn look_back(&mut self, ended: &[Ended]) {
        if !ended.is_empty() {
            self.ahead = None;
        }
    }

    fn settle_first(&mut self, plan: &Plan, ended: &mut Vec<Ended>) {
        let Some(item) = &self.pending.pop_front() else {
            return;
        };
        self.ahead = self.ahead.take().and_then(|mut ahead| {
            ahead.of = ahead.of.checked_sub(1)?;
            Some(ahead)
        });
        self.settled.wait(plan, item.entry.time, ended);
        ended.extend(self.settled.push(plan, item).ended);
        if let Some(alert) = &mut self.alert
            && alert.raised.decisive.event_id() == item.entry.event_id()
        {
            alert.burst = self.settled.burst;
        }
    }

    fn caught_up(&mut self) {
        if self.pending.is_empty() {
            self.head = None;
            self.ahead = None;
        }
    }

    /// The time of the oldest that is pending.
    fn next_pending(&self) -> Option<i64> {
        self.pending.front().map(|item| item.entry.time)
    }

    pub(super) fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Has the machine fetch one of the oldest that are pending.
    pub(super) fn fetch_ahead(&self, at: usize) {
        if let Some(Item { entry, facts }) = self.pending.get(at) {
            let (id, _) = entry.halves();
            black_box((facts.vouched, entry.time, id));
        }
    }

    /// How many entries are held.
    pub(super) fn entries(&self) -> usize {
        let head = self.head.as_ref().map_or(0, |head| head.len());
        self.settled.len() + head + self.pending.len()
    }

    /// The fold that has seen most.
    pub(super) fn latest(&self) -> &Track {
        self.head.as_deref().unwrap_or(&self.settled)
    }

    /// The open alert's episode as it is now.
    pub(super) fn episode<'s>(&'s self, open: &'s OpenAlert) -> &'s Episode {
        let latest = self.latest();
        let episode = latest.episode.as_deref();
        episode
            .filter(|_| latest.burst == open.burst)
            .unwrap_or(&open.raised)
    }

    /// Whether the open alert's crossing is in final order.
    pub(super) fn is_settled(&self, open: &OpenAlert) -> bool {
        self.settled.burst == open.burst && self.settled.episode.is_some()
    }

    /// The next watermark at which something has to be done here.
    pub(super) fn next_due(&self, plan: &Plan) -> i64 {
        let mut due = i64::MAX;
        if let Some(open) = self.alert.as_ref().filter(|open| !self.is_settled(open)) {
            due = open.raised.decisive.time;
        }
        let settled = self.settled.last;
        let mut last = settled;
        if let Some(head) = &self.head {
            last = head.last;
        } else if let Some(unseen) = self.pending.back() {
            // Without a head, what is pending may be the burst's last.
            last = last.max(Some(unseen.entry.time));
        }
        // The end of the burst that is settled, and of the latest.
        for last in [settled, last].into_iter().flatten() {
            due = due.min(last.saturating_add(plan.quiet));
        }
        if plan.settled_only
            && let Some(next) = self.next_pending()
        {
            due = due.min(next);
        }
        if let Some(deadline) = self.settled.deadline(plan) {
            due = due.min(deadline);
        }
        if due == i64::MAX {
            due = self.seen.saturating_add(plan.retention);
        }
        due
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

/// Where an item belongs among others that are in final order: nearly always close to their end.
fn place_of(items: &VecDeque<Item>, item: &Item) -> usize {
    let order = item.entry.order();
    let later = |other: &&Item| other.entry.order() > order;
    let behind = items.iter().rev().take(CLOSE).take_while(later).count();
    if behind < CLOSE {
        items.len() - behind
    } else {
        items.partition_point(|other| other.entry.order() <= order)
    }
}

fn is_escalated(track: &Track) -> bool {
    let episode = track.episode.as_ref();
    episode.is_some_and(|episode| episode.escalated)
}

/// So many places from the end are searched one by one.
const CLOSE: usize = 16;
/// Where a head has to go through more than so many again, it will begin from closer by.
const FAR: usize = 24;
/// How many are left between there and the end: events are late by few others mostly.
const NEAR: usize = 8;
/// More pending items are not looked through for every event: then a fold runs ahead.
const SEEN_THROUGH: usize = 8;
