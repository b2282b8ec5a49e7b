use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::entry::Item;
use super::episode::Episode;
use super::window::{Verdict, Window};
use crate::rule::Plan;

/// The fold over one key's events, in the order in which they are pushed.
///
/// Events that follow each other by less than the quiet time are one burst, and a burst has at
/// most one episode: from the event that meets the threshold to the burst's last.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Track {
    window: Window,
    /// The burst's number.
    pub(super) burst: u32,
    /// The time of the burst's last event; none before its first.
    pub(super) last: Option<i64>,
    pub(super) episode: Option<Box<Episode>>,
    /// The time of the key's first event, where the rule learns before it fires.
    first: Option<i64>,
}

/// What a push did.
#[derive(Debug, Default)]
pub(super) struct Pushed {
    /// The burst before ended; this was its episode.
    pub(super) ended: Option<Ended>,
    /// The item made the episode worse.
    pub(super) escalated: bool,
}

/// A burst that is over.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) burst: u32,
    pub(super) episode: Option<Box<Episode>>,
}

impl Track {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            window: Window::new(&plan.step),
            burst: 0,
            last: None,
            episode: None,
            first: None,
        }
    }

    pub(super) fn is_sound(&self, plan: &Plan) -> bool {
        self.window.is_sound(plan, &plan.step)
    }

    pub(super) fn push(&mut self, plan: &Plan, item: &Item) -> Pushed {
        let mut pushed = Pushed::default();
        let time = item.entry.time;
        let too_late = |last: i64| time <= last.saturating_sub(plan.step.window);
        if plan.counts_all && self.last.is_some_and(too_late) {
            return pushed;
        }
        pushed.ended = self.end(plan, time);
        let warming_up = self.is_warming_up(plan, time);
        let verdict = self.window.push(plan, &plan.step, item);
        if verdict == Verdict::Ignored || warming_up {
            return pushed;
        }
        self.last = self.last.max(Some(time));
        match &mut self.episode {
            Some(episode) => episode.add(item.entry, item.facts.vouched),
            None if verdict == Verdict::Met => {
                self.episode = Some(Box::new(Episode::new(item.entry, &self.window.evidence())));
            }
            None => {}
        }
        if let Some(episode) = &mut self.episode
            && !episode.escalated
        {
            episode.escalated = self.window.escalates(plan, item);
            pushed.escalated = episode.escalated;
        }
        pushed
    }

    /// Has the machine fetch what [`Track::push`] will look at.
    #[inline]
    pub(super) fn fetch(&self, plan: &Plan, item: &Item) {
        self.window.fetch(&plan.step, item);
    }

    /// Whether there is an episode, or could be one with these, in whatever order.
    pub(super) fn may_raise(&self, plan: &Plan, items: &VecDeque<Item>) -> bool {
        self.episode.is_some() || self.window.may_meet(&plan.step, items)
    }

    /// Whether the key is still new to a rule that learns first.
    fn is_warming_up(&mut self, plan: &Plan, time: i64) -> bool {
        if plan.warm_up == 0 {
            return false;
        }
        let first = *self.first.get_or_insert(time);
        time.saturating_sub(first) < plan.warm_up
    }

    /// Until when it waits for an event.
    #[inline]
    pub(super) fn deadline(&self, plan: &Plan) -> Option<i64> {
        plan.shortest_wait?;
        self.window.deadline(&plan.step).map(|(due, _)| due)
    }

    /// Meets the rule by what has not come up to this time.
    #[inline]
    pub(super) fn wait(&mut self, plan: &Plan, time: i64, ended: &mut Vec<Ended>) {
        if plan.shortest_wait.is_some() && !self.window.waits_beyond(time) {
            self.miss(plan, time, ended);
        }
    }

    #[cold]
    fn miss(&mut self, plan: &Plan, time: i64, ended: &mut Vec<Ended>) {
        while let Some((due, last)) = self.window.overdue(&plan.step, time) {
            self.window.expire(&plan.step);
            ended.extend(self.end(plan, due));
            self.last = self.last.max(Some(due));
            match &mut self.episode {
                // What vouched for it is not known any more.
                Some(episode) => episode.add(last, 0),
                None => self.episode = Some(Box::new(Episode::new(last, &[]))),
            }
        }
    }

    /// Ends the burst if it is over for whoever stands at this time.
    pub(super) fn end(&mut self, plan: &Plan, time: i64) -> Option<Ended> {
        let last = self.last?;
        if time.saturating_sub(last) < plan.quiet {
            return None;
        }
        let ended = Ended {
            burst: self.burst,
            episode: self.episode.take(),
        };
        self.window.restart(plan);
        self.last = None;
        self.burst = self.burst.wrapping_add(1);
        Some(ended)
    }

    /// Whether an item after the one that met the threshold can be added out of order without
    /// running the fold again.
    pub(super) fn absorbs(&self, plan: &Plan, item: &Item) -> bool {
        let (Some(episode), Some(last)) = (&self.episode, self.last) else {
            return false;
        };
        let settled = plan.escalation.is_none() || episode.escalated;
        plan.counts_all
            && settled
            && episode.decisive.order() < item.entry.order()
            && item.entry.time <= last
    }

    pub(super) fn len(&self) -> usize {
        self.window.len()
    }
}
