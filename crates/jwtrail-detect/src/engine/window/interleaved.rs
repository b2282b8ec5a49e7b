use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::engine::entry::{Entry, Source};
use crate::rule::Plan;

/// A, B, A: one source, then another that differs from it in address and in agent family, then
/// the first again, all within the window.
///
/// Of each source it is enough to know its latest use before the latest use by a different
/// one: any earlier pair would have left the window sooner.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct InterleavedWindow {
    /// The sources, the latest used last.
    sources: Vec<Used>,
    /// Traces that were counted: their other hops are the same presentation.
    traces: VecDeque<u64>,
    met: Option<[Entry; 3]>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Used {
    source: Source,
    last: Entry,
    /// Its last use before a different source's, and that.
    interrupted: Option<(Entry, Entry)>,
}

impl InterleavedWindow {
    pub(super) fn admits(&self, source: &Source) -> bool {
        !self.traces.contains(&source.trace)
    }

    pub(super) fn push(&mut self, plan: &Plan, entry: Entry, source: &Source) -> bool {
        self.traces.push_back(source.trace);
        while self.traces.len() > MAX_TRACES {
            self.traces.pop_front();
        }
        let oldest = entry.time.saturating_sub(plan.window);
        self.sources.retain(|used| used.last.time > oldest);
        let same = |used: &Used| same_place(&used.source, source);
        let known = self
            .sources
            .iter()
            .position(same)
            .map(|at| self.sources.remove(at));
        let mut now = known.unwrap_or(Used {
            source: *source,
            last: entry,
            interrupted: None,
        });
        if let Some((before, between)) = now.interrupted
            && before.time > oldest
        {
            self.met = Some([before, between, entry]);
        }
        now.last = entry;
        for other in &mut self.sources {
            if other.source.address != source.address && other.source.family != source.family {
                other.interrupted = Some((other.last, entry));
            }
        }
        self.sources.push(now);
        if self.sources.len() > plan.max_entries {
            self.sources.remove(0);
        }
        self.met.is_some()
    }

    pub(super) fn evidence(&self) -> Vec<Entry> {
        self.met.iter().flatten().copied().collect()
    }

    pub(super) fn len(&self) -> usize {
        self.sources.len()
    }
}

const fn same_place(a: &Source, b: &Source) -> bool {
    a.address == b.address && a.family == b.family
}

/// Hops of one trace follow each other closely: a busy token need not remember those long over.
const MAX_TRACES: usize = 64;
