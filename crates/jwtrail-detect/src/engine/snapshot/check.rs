use super::{OwnedLane, OwnedState};
use crate::rule::Plan;

/// What is checked before anything is built: a snapshot that was forged, checksum and all, gives
/// an error, not an engine that can't keep its promises.
pub(super) fn shared(state: &OwnedState) -> Result<(), &'static str> {
    let orderly = [
        (state.events <= MANY, "it counts too many events"),
        (state.time.is_sound(), "its clocks are out of bounds"),
        (state.names.is_sound(), "it has too many names"),
        (state.known.is_sound(), "it knows too many subjects"),
    ];
    refuse(orderly)
}

/// A lane of a rule that is still there.
pub(super) fn lane(plan: &Plan, lane: &OwnedLane) -> Result<(), &'static str> {
    let states = || lane.keys.iter().map(|row| &row.state);
    let open = states().filter(|state| state.alert.is_some()).count();
    let orderly = [
        (
            lane.keys.len() <= plan.max_keys,
            "a rule has more keys than it may",
        ),
        (
            lane.keys.is_sorted_by(|a, b| a.hash < b.hash),
            "keys are out of order",
        ),
        (
            lane.tally.is_sound(open),
            "what a rule counts does not add up",
        ),
        (
            states().all(|state| state.is_sound(plan)),
            "a key does not fit its rule",
        ),
    ];
    refuse(orderly)
}

fn refuse<const N: usize>(orderly: [(bool, &'static str); N]) -> Result<(), &'static str> {
    match orderly.into_iter().find(|(holds, _)| !holds) {
        Some((_, problem)) => Err(problem),
        None => Ok(()),
    }
}

/// More than anything ever counts to, and far from overflow.
pub(in crate::engine) const MANY: u64 = 1 << 62;
