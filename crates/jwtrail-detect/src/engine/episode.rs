use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::witnesses::Witnesses;
use crate::MAX_EVIDENCE;

/// What an alert tells, as it grows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Episode {
    /// The event that met the threshold.
    pub(super) decisive: Entry,
    pub(super) first_time: i64,
    pub(super) last_time: i64,
    pub(super) count: u64,
    pub(super) escalated: bool,
    /// The first entries, the decisive one among them.
    first: Vec<Entry>,
    /// The latest ones.
    latest: VecDeque<Entry>,
    services: BTreeSet<u32>,
    /// What stands for the entries that are in neither.
    witnesses: Witnesses,
}

impl Episode {
    pub(super) fn new(decisive: Entry, evidence: &[Entry]) -> Self {
        let mut episode = Self {
            decisive,
            first_time: decisive.time,
            last_time: decisive.time,
            count: 0,
            escalated: false,
            first: Vec::new(),
            latest: VecDeque::new(),
            services: BTreeSet::new(),
            witnesses: Witnesses::default(),
        };
        // A threshold above the bound: the decisive one stays in.
        let earlier = evidence
            .iter()
            .filter(|e| e.event_id() != decisive.event_id());
        for entry in earlier {
            episode.count = episode.count.saturating_add(1);
            episode.cover(entry);
            if episode.first.len() < MAX_FIRST - 1 {
                episode.first.push(*entry);
            } else {
                // What vouched for it is not known any more.
                episode.witnesses.give_up();
            }
        }
        episode.count = episode.count.saturating_add(1);
        episode.cover(&decisive);
        episode.first.push(decisive);
        episode
    }

    /// Adds an entry, with what vouches for it where that is asked and known, or else 0.
    pub(super) fn add(&mut self, entry: Entry, vouched: u64) {
        self.count = self.count.saturating_add(1);
        self.cover(&entry);
        if self.first.len() < MAX_FIRST {
            self.first.push(entry);
        } else {
            self.witnesses.add(entry, vouched);
            self.latest.push_back(entry);
            if self.latest.len() > MAX_LATEST {
                self.latest.pop_front();
            }
        }
    }

    fn cover(&mut self, entry: &Entry) {
        self.first_time = self.first_time.min(entry.time);
        self.last_time = self.last_time.max(entry.time);
        if self.services.len() < MAX_SERVICES {
            self.services.insert(entry.service());
        }
    }

    /// In final order.
    pub(super) fn evidence(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = self.first.iter().chain(&self.latest).copied().collect();
        entries.sort_by(Entry::compare);
        entries
    }

    /// One entry for each way in which those were vouched for that are not in the evidence, in
    /// final order; none where that is not known, or there are too many ways.
    pub(super) fn witnesses(&self) -> Option<Vec<Entry>> {
        let shown = |entry: &Entry| {
            let mut shown = self.first.iter().chain(&self.latest);
            shown.any(|shown| shown.event_id() == entry.event_id())
        };
        let witnesses = self.witnesses.all()?;
        let mut entries: Vec<Entry> = witnesses.filter(|entry| !shown(entry)).collect();
        entries.sort_by(Entry::compare);
        Some(entries)
    }

    /// Whether it has more entries than the evidence.
    pub(super) fn is_beyond_evidence(&self) -> bool {
        self.count > (self.first.len() + self.latest.len()) as u64
    }

    pub(super) fn services(&self) -> impl Iterator<Item = u32> {
        self.services.iter().copied()
    }
}

const MAX_FIRST: usize = MAX_EVIDENCE - MAX_LATEST;
const MAX_LATEST: usize = 50;
const MAX_SERVICES: usize = 16;
