use super::Engine;
use super::key_state::KeyState;
use super::lane::{Kept, Lane, Tally};
use super::time::Time;

/// A rule's lanes, wherever they are.
impl Engine {
    /// All shards' clocks are the same.
    pub(super) fn time(&self) -> &Time {
        #[expect(clippy::expect_used, reason = "every constructor makes a shard")]
        let first = self.shards.first().expect("there is a shard");
        &first.time
    }

    /// Sets the clocks, once everything is in its place.
    pub(super) fn set_time(&mut self, time: &Time) {
        for shard in &mut self.shards {
            shard.time = time.clone();
            shard.look_ahead();
        }
    }

    /// The arrival clock.
    pub(super) fn now(&self) -> i64 {
        self.time().now
    }

    pub(super) fn lanes(&self, rule: usize) -> impl Iterator<Item = &Lane> {
        let of = self.shards.len();
        let lanes = self.router.lanes_of(rule);
        lanes.filter_map(move |lane| self.shards.get(lane % of)?.lanes.get(lane / of))
    }

    fn lane_mut(&mut self, lane: usize) -> Option<&mut Lane> {
        let of = self.shards.len();
        self.shards.get_mut(lane % of)?.lanes.get_mut(lane / of)
    }

    /// The keys that are judged event by event, in the order of the hashes: only of such a one
    /// an alert can be open.
    pub(super) fn judged(&self, rule: usize) -> Vec<(u128, &KeyState)> {
        let mut keys: Vec<_> = self.lanes(rule).flat_map(Lane::judged).collect();
        keys.sort_unstable_by_key(|(hash, _)| *hash);
        keys
    }

    /// All keys, in the order of the hashes.
    pub(super) fn keys(&self, rule: usize) -> Vec<(u128, Kept<'_>)> {
        let of = self.shards.len();
        let lanes = self.router.lanes_of(rule);
        let keys = lanes.filter_map(|lane| {
            let shard = self.shards.get(lane % of)?;
            Some(shard.lanes.get(lane / of)?.keys(&shard.habits, &shard.time))
        });
        let mut keys: Vec<_> = keys.flatten().collect();
        keys.sort_unstable_by_key(|(hash, _)| *hash);
        keys
    }

    /// How many entries a rule holds.
    pub(super) fn entries(&self, rule: usize) -> usize {
        let of = self.shards.len();
        let lanes = self.router.lanes_of(rule);
        let of_each = lanes.filter_map(|lane| {
            let shard = self.shards.get(lane % of)?;
            Some(shard.lanes.get(lane / of)?.entries(&shard.habits))
        });
        of_each.sum()
    }

    pub(super) fn tally(&self, rule: usize) -> Tally {
        let sum = self.lanes(rule).map(Lane::tally);
        let sum = sum.fold(Tally::default(), Tally::with);
        sum.with_keyless(self.router.without_key(rule))
    }

    /// Puts in what a snapshot has of a rule.
    pub(super) fn fill(
        &mut self,
        rule: usize,
        keys: impl Iterator<Item = (u128, KeyState)>,
        mut tally: Tally,
    ) {
        for (hash, state) in keys {
            let lane = self.router.lane_of(rule, hash);
            if let Some(lane) = self.lane_mut(lane) {
                lane.restore(hash, state);
            }
        }
        self.router.count_without_key(rule, tally.take_keyless());
        let first = self.router.lanes_of(rule).start;
        if let Some(lane) = self.lane_mut(first) {
            lane.restore_tally(tally);
        }
    }
}
