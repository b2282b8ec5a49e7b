use super::router::Router;

/// Which shard has which lane.
#[derive(Clone, Debug)]
pub(super) struct Spread {
    /// Of each lane its shard, and its place there.
    lanes: Vec<(usize, usize)>,
    shards: usize,
}

impl Spread {
    /// The lanes of the router's rules over so many shards. Where there are several, the first
    /// has the rules that no habit concerns, whose few keys see nearly every event; habits are
    /// kept by each of the others, for the keys that it has.
    pub(super) fn new(router: &Router, shards: usize) -> Self {
        let mut counts = vec![0; shards.max(1)];
        let mut lanes = Vec::new();
        let mut habitual = 0;
        for rule in 0..router.rules().len() {
            let of_habits = router.is_of_habits(rule);
            for _ in router.lanes_of(rule) {
                let shard = match shards {
                    0 | 1 => 0,
                    _ if !of_habits => 0,
                    _ => 1 + habitual % (shards - 1),
                };
                habitual += usize::from(of_habits);
                if let Some(count) = counts.get_mut(shard) {
                    lanes.push((shard, *count));
                    *count += 1;
                }
            }
        }
        Self {
            lanes,
            shards: counts.len(),
        }
    }

    /// How many lanes there are.
    pub(super) const fn len(&self) -> usize {
        self.lanes.len()
    }

    pub(super) const fn shards(&self) -> usize {
        self.shards
    }

    /// The shard of a lane, and its place there.
    pub(super) fn at(&self, lane: usize) -> Option<(usize, usize)> {
        self.lanes.get(lane).copied()
    }

    /// Whether a shard keeps habits.
    pub(super) const fn has_habits(&self, shard: usize) -> bool {
        self.shards == 1 || shard > 0
    }
}
