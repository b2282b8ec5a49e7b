use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::entry::Entry;
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
            }
        }
        episode.count = episode.count.saturating_add(1);
        episode.cover(&decisive);
        episode.first.push(decisive);
        episode
    }

    pub(super) fn add(&mut self, entry: Entry) {
        self.count = self.count.saturating_add(1);
        self.cover(&entry);
        if self.first.len() < MAX_FIRST {
            self.first.push(entry);
        } else {
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

    pub(super) fn services(&self) -> impl Iterator<Item = u32> {
        self.services.iter().copied()
    }
}

const MAX_FIRST: usize = MAX_EVIDENCE - MAX_LATEST;
const MAX_LATEST: usize = 50;
const MAX_SERVICES: usize = 16;
