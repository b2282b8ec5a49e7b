use super::Engine;
use super::key_state::KeyState;
use super::lane::{Kept, Lane, Tally};
use super::shard::Shard;
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
        self.placed(rule).map(|(_, lane)| lane)
    }

    /// A rule's lanes with their shards.
    fn placed(&self, rule: usize) -> impl Iterator<Item = (&Shard, &Lane)> {
        self.router.lanes_of(rule).filter_map(|lane| {
            let (shard, place) = self.spread.at(lane)?;
            let shard = self.shards.get(shard)?;
            Some((shard, shard.lanes.get(place)?))
        })
    }

    fn lane_mut(&mut self, lane: usize) -> Option<&mut Lane> {
        let (shard, place) = self.spread.at(lane)?;
        self.shards.get_mut(shard)?.lanes.get_mut(place)
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
        let keys = self.placed(rule);
        let keys = keys.flat_map(|(shard, lane)| lane.keys(&shard.habits, &shard.time));
        let mut keys: Vec<_> = keys.collect();
        keys.sort_unstable_by_key(|(hash, _)| *hash);
        keys
    }

    /// How many entries a rule holds.
    pub(super) fn entries(&self, rule: usize) -> usize {
        let of_each = self.placed(rule);
        let of_each = of_each.map(|(shard, lane)| lane.entries(&shard.habits));
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
