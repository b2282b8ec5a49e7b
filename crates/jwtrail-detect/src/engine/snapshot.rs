mod check;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub(super) use check::MANY;
use serde::{Deserialize, Serialize};

use super::Engine;
use super::heading::Heading;
use super::key_state::KeyState;
use super::known::KnownSubjects;
use super::lane::{Context, Tally, open_alerts};
use super::names::Names;
use super::packed;
use super::time::Time;
use crate::hash::Hash;
use crate::{Alert, AlertStatus, Rule, RuleSet};

/// Why a snapshot can't be restored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Another format.
    #[error("not a detector snapshot of version {VERSION}; replay the log from its start")]
    Version,
    /// The bytes were cut or changed.
    #[error("the detector snapshot is damaged: {problem}; replay the log from its start")]
    Damaged {
        /// What does not fit.
        problem: String,
    },
}

impl SnapshotError {
    fn damaged(problem: impl ToString) -> Self {
        let problem = problem.to_string();
        Self::Damaged { problem }
    }
}

/// Borrowed to be written, owned when read.
#[derive(Debug, Serialize, Deserialize)]
struct State<T, N, K, L> {
    position: Option<u64>,
    events: u64,
    time: T,
    names: N,
    known: K,
    /// Each as JSON, its stable form.
    orphans: Vec<String>,
    lanes: Vec<L>,
}

#[derive(Debug, Serialize, Deserialize)]
struct LaneState<H, T, S> {
    heading: H,
    tally: T,
    /// In the order of the hashes.
    keys: Vec<KeyRow<S>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct KeyRow<S> {
    #[serde(with = "packed::bits")]
    hash: u128,
    state: S,
}

type OwnedState = State<Time, Names, KnownSubjects, OwnedLane>;
type OwnedLane = LaneState<Heading, Tally, KeyState>;

/// A line with the version and the hash of what follows, then the state.
pub(super) fn take(engine: &Engine) -> Vec<u8> {
    let rules = engine.router.rules().enumerate();
    let lanes = rules.map(|(number, rule)| LaneState {
        heading: Heading::of(rule),
        tally: engine.tally(number),
        keys: engine
            .keys(number)
            .into_iter()
            .map(|(hash, state)| KeyRow { hash, state })
            .collect(),
    });
    #[expect(
        clippy::expect_used,
        reason = "numbers, texts and lists always serialize"
    )]
    let orphan = |alert| serde_json::to_string(alert).expect("an alert serializes");
    let state = State {
        position: engine.position,
        events: engine.events,
        time: engine.time(),
        names: &engine.names,
        known: &engine.known,
        orphans: engine.orphans.iter().map(orphan).collect(),
        lanes: lanes.collect(),
    };
    #[expect(
        clippy::expect_used,
        reason = "numbers, texts and lists always serialize"
    )]
    let sealed = postcard::to_extend(&state, Vec::from([0; HEAD])).expect("a state serializes");
    seal(sealed)
}

/// Puts the head before a body that leaves room for it.
fn seal(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some((head, body)) = bytes.split_at_mut_checked(HEAD) {
        head.copy_from_slice(line(body).as_bytes());
    }
    bytes
}

fn line(body: &[u8]) -> String {
    let sum = Hash::new("snapshot").bytes(body).finish();
    format!("{MAGIC}{VERSION:04} {sum:032x}\n")
}

pub(super) fn restore(rules: RuleSet, snapshot: &[u8]) -> Result<Engine, SnapshotError> {
    let version = format!("{MAGIC}{VERSION:04} ");
    if !snapshot.starts_with(version.as_bytes()) {
        return Err(SnapshotError::Version);
    }
    let (head, body) = snapshot
        .split_at_checked(HEAD)
        .ok_or_else(|| SnapshotError::damaged("it ends within its first line"))?;
    if head != line(body).as_bytes() {
        return Err(SnapshotError::damaged("its checksum does not fit"));
    }
    let (state, rest): (OwnedState, _) =
        postcard::take_from_bytes(body).map_err(SnapshotError::damaged)?;
    if !rest.is_empty() {
        return Err(SnapshotError::damaged("something follows its end"));
    }
    check::shared(&state).map_err(SnapshotError::damaged)?;
    engine(rules, state)
}

fn engine(rules: RuleSet, state: OwnedState) -> Result<Engine, SnapshotError> {
    let mut former = state.lanes;
    let mut engine = Engine::new(rules);
    let rules: Vec<Arc<Rule>> = engine.router.rules().cloned().collect();
    for (number, rule) in rules.iter().enumerate() {
        let found = former.iter().position(|lane| lane.heading.is_of(rule));
        let Some(lane) = found.map(|at| former.swap_remove(at)) else {
            continue;
        };
        check::lane(&rule.plan, &lane).map_err(SnapshotError::damaged)?;
        let keys = lane.keys.into_iter().map(|row| (row.hash, row.state));
        engine.fill(number, keys, lane.tally);
    }
    let context = Context {
        time: &state.time,
        names: &state.names,
    };
    for orphan in &state.orphans {
        let orphan = serde_json::from_str(orphan).map_err(SnapshotError::damaged)?;
        engine.orphans.push(orphan);
    }
    for gone in &former {
        let keys = gone.keys.iter().map(|row| (row.hash, &row.state));
        let open = open_alerts(&gone.heading, context, keys);
        engine.orphans.extend(open.map(|alert| Alert {
            status: AlertStatus::Resolved,
            ..alert
        }));
    }
    engine.position = state.position;
    engine.events = state.events;
    engine.names = state.names;
    engine.known = state.known;
    engine.set_time(&state.time);
    Ok(engine)
}

const MAGIC: &str = "jwtrail-detect snapshot ";
const VERSION: u32 = 7;
/// The first line: magic, four digits, a space, the checksum, the line's end.
const HEAD: usize = MAGIC.len() + 4 + 1 + 32 + 1;
