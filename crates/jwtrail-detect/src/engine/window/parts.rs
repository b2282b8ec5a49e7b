use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{Verdict, Window};
use crate::engine::entry::{Entry, Item};
use crate::rule::{LeafSet, Plan, Shape, Step};

/// Rules made of rules, over one key. Each part keeps a window of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PartsWindow {
    parts: Box<[Part]>,
    /// The entries that the whole was met with.
    met: Vec<Entry>,
    /// Which of the parts the last item met, where any of them is enough.
    met_parts: LeafSet,
    /// No part's wait ends before this time, where that is known.
    #[serde(skip)]
    none_before: Option<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Part {
    window: Window,
    /// How this part was met last; of an ordered rule, it and all before it.
    chain: Option<Box<Chain>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Chain {
    /// When it began: the moment at which its first part was met.
    start: i64,
    entries: Vec<Entry>,
}

impl PartsWindow {
    pub(super) fn new(parts: &[Step]) -> Self {
        let part = |step| Part {
            window: Window::new(step),
            chain: None,
        };
        Self {
            parts: parts.iter().map(part).collect(),
            met: Vec::new(),
            met_parts: LeafSet::default(),
            none_before: None,
        }
    }

    /// Whether the last item met this part.
    pub(super) fn was_met(&self, part: usize) -> bool {
        self.met_parts.meets(LeafSet::of(part))
    }

    pub(super) fn is_sound(&self, plan: &Plan, parts: &[Step]) -> bool {
        let mut both = self.parts.iter().zip(parts);
        self.parts.len() == parts.len() && both.all(|(part, step)| part.window.is_sound(plan, step))
    }

    pub(super) fn push(&mut self, plan: &Plan, step: &Step, item: &Item) -> Verdict {
        if let (Some(known), Some(wait)) = (&mut self.none_before, plan.shortest_wait) {
            *known = (*known).min(item.entry.time.saturating_add(wait));
        }
        match &step.shape {
            Shape::Any(steps) => self.any(plan, steps, item),
            Shape::All(steps) => self.all(plan, step.window, steps, item),
            Shape::Ordered(steps) => self.ordered(plan, step.window, steps, item),
            _ => Verdict::Ignored,
        }
    }

    fn any(&mut self, plan: &Plan, steps: &[Step], item: &Item) -> Verdict {
        let mut verdict = Verdict::Ignored;
        self.met_parts = LeafSet::default();
        for (at, (part, step)) in self.parts.iter_mut().zip(steps).enumerate() {
            let of_part = part.window.push(plan, step, item);
            if of_part == Verdict::Met {
                self.met_parts.insert(at);
            }
            if of_part == Verdict::Met && verdict != Verdict::Met {
                self.met = part.window.met_with();
            }
            verdict = verdict.max(of_part);
        }
        verdict
    }

    fn all(&mut self, plan: &Plan, window: i64, steps: &[Step], item: &Item) -> Verdict {
        let mut any = false;
        for (part, step) in self.parts.iter_mut().zip(steps) {
            if part.window.push(plan, step, item) == Verdict::Met {
                part.chain = Some(Box::new(Chain::of(&part.window, item.entry)));
                any = true;
            }
        }
        let oldest = item.entry.time.saturating_sub(window);
        let chains = self.parts.iter().map(|part| part.chain.as_deref());
        let recent = chains.map(|chain| chain.filter(|chain| chain.start > oldest));
        let Some(chains) = recent.collect::<Option<Vec<_>>>().filter(|_| any) else {
            return Verdict::Ignored;
        };
        let entries = chains
            .iter()
            .flat_map(|chain| chain.entries.iter().copied());
        self.met = entries.collect();
        Verdict::Met
    }

    fn ordered(&mut self, plan: &Plan, window: i64, steps: &[Step], item: &Item) -> Verdict {
        let oldest = item.entry.time.saturating_sub(window);
        let mut met = Verdict::Ignored;
        let last = steps.len().saturating_sub(1);
        // From the last to the first: one event does not serve two parts in a row.
        for (at, step) in steps.iter().enumerate().rev() {
            let Some((before, rest)) = self.parts.split_at_mut_checked(at) else {
                continue;
            };
            let Some(part) = rest.first_mut() else {
                continue;
            };
            if part.window.push(plan, step, item) != Verdict::Met {
                continue;
            }
            let mut chain = Chain::of(&part.window, item.entry);
            if let Some(former) = before.last() {
                let Some(former) = former.chain.as_deref().filter(|c| c.start > oldest) else {
                    continue;
                };
                chain.start = former.start;
                chain.entries.splice(..0, former.entries.iter().copied());
            }
            if at == last {
                self.met.clone_from(&chain.entries);
                met = Verdict::Met;
            } else if part.chain.as_ref().is_none_or(|c| c.start <= chain.start) {
                part.chain = Some(Box::new(chain));
            }
        }
        met
    }

    /// Whether one of the parts could be met, or each of them where all have to be.
    pub(super) fn may_meet(&self, step: &Step, items: &VecDeque<Item>) -> bool {
        let parts = self.parts.iter();
        let may = |part: &Part, step: &Step| part.window.may_meet(step, items);
        match &step.shape {
            Shape::Any(steps) => parts.zip(steps).any(|(part, step)| may(part, step)),
            Shape::All(steps) | Shape::Ordered(steps) => parts
                .zip(steps)
                .all(|(part, step)| part.chain.is_some() || may(part, step)),
            _ => true,
        }
    }

    pub(super) fn deadline<'s>(&'s self, step: &'s Step) -> Option<(i64, &'s Entry)> {
        let deadlines = self
            .each(step)
            .filter_map(|(window, step)| window.deadline(step));
        deadlines
            .min_by(|(at, entry), (then, other)| at.cmp(then).then_with(|| entry.compare(other)))
    }

    /// Whether no wait can end up to this time: each takes a while.
    #[inline]
    pub(super) fn waits_beyond(&self, time: i64) -> bool {
        self.none_before.is_some_and(|none| time < none)
    }

    /// The end of the first wait, if it is at this time or before.
    pub(super) fn overdue(&mut self, step: &Step, time: i64) -> Option<(i64, Entry)> {
        let next = self.deadline(step).map(|(due, last)| (due, *last));
        self.none_before = Some(next.map_or(i64::MAX, |(due, _)| due));
        next.filter(|(due, _)| *due <= time)
    }

    /// The part whose wait ends first is over.
    pub(super) fn expire(&mut self, step: &Step) {
        let Some((due, &last)) = self.deadline(step) else {
            return;
        };
        self.met = vec![last];
        let (Shape::Any(steps) | Shape::All(steps) | Shape::Ordered(steps)) = &step.shape else {
            return;
        };
        for (part, step) in self.parts.iter_mut().zip(steps) {
            let own = part.window.deadline(step);
            if own.is_some_and(|(at, entry)| at == due && entry.event_id() == last.event_id()) {
                part.window.expire(step);
            }
        }
    }

    fn each<'s>(&'s self, step: &'s Step) -> impl Iterator<Item = (&'s Window, &'s Step)> {
        let steps: &[Step] = match &step.shape {
            Shape::Any(steps) => steps,
            // Nobody waits for a part of these: what did not come is no event in their order.
            _ => &[],
        };
        let windows = self.parts.iter().map(|part| &part.window);
        windows.zip(steps)
    }

    pub(super) fn met_with(&self) -> Vec<Entry> {
        self.met.clone()
    }

    pub(super) fn len(&self) -> usize {
        let chained = |part: &Part| part.chain.as_ref().map_or(0, |chain| chain.entries.len());
        let parts = self.parts.iter();
        parts.map(|part| part.window.len() + chained(part)).sum()
    }
}

impl Chain {
    fn of(window: &Window, entry: Entry) -> Self {
        let mut entries = window.met_with();
        if entries.len() > MAX_LINK {
            entries.drain(..entries.len() - MAX_LINK);
        }
        if !entries.iter().any(|e| e.event_id() == entry.event_id()) {
            entries.push(entry);
        }
        Self {
            start: entry.time,
            entries,
        }
    }
}

/// How many entries of each part are shown as evidence.
const MAX_LINK: usize = 32;
