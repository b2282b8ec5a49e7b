use serde::{Deserialize, Serialize};

use super::key_state::KeyState;
use super::known::KnownSubjects;
use super::lane::{Lane, Tally};
use super::names::Names;
use super::time::Time;
use super::{Context, Engine};
use crate::hash::Hash;
use crate::{Alert, AlertStatus, RuleSet};

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

#[derive(Debug, Serialize)]
struct State<'e> {
    position: Option<u64>,
    events: u64,
    time: &'e Time,
    names: &'e Names,
    known: &'e KnownSubjects,
    orphans: Vec<Alert>,
    lanes: Vec<LaneState<'e>>,
}

#[derive(Debug, Serialize)]
struct LaneState<'e> {
    rule: &'e str,
    version: &'e str,
    tally: &'e Tally,
    keys: Vec<(&'e u128, &'e KeyState)>,
    /// What is told of a rule that is gone when the snapshot is restored.
    open: Vec<Alert>,
}

#[derive(Debug, Deserialize)]
struct OwnedState {
    position: Option<u64>,
    events: u64,
    time: Time,
    names: Names,
    known: KnownSubjects,
    orphans: Vec<Alert>,
    lanes: Vec<OwnedLane>,
}

#[derive(Debug, Deserialize)]
struct OwnedLane {
    rule: String,
    version: String,
    tally: Tally,
    keys: Vec<(u128, KeyState)>,
    open: Vec<Alert>,
}

/// A line with the version and the hash of what follows, then the state.
pub(super) fn take(engine: &Engine) -> Vec<u8> {
    let context = Context {
        time: &engine.time,
        names: &engine.names,
        known: &engine.known,
    };
    let lane = |lane: &'_ Lane| lane.open_alerts(context);
    let lanes = engine.lanes.iter().map(|of| {
        let (keys, tally) = of.parts();
        LaneState {
            rule: &of.rule.info.name,
            version: &of.rule.info.version,
            tally,
            keys,
            open: lane(of),
        }
    });
    let state = State {
        position: engine.position,
        events: engine.events,
        time: &engine.time,
        names: &engine.names,
        known: &engine.known,
        orphans: engine.orphans.clone(),
        lanes: lanes.collect(),
    };
    #[expect(
        clippy::expect_used,
        reason = "numbers, texts and lists always serialize"
    )]
    let body = serde_json::to_vec(&state).expect("a state serializes");
    let mut bytes = format!("{MAGIC}{VERSION} {:032x}\n", sum(&body)).into_bytes();
    bytes.extend_from_slice(&body);
    bytes
}

pub(super) fn restore(rules: RuleSet, snapshot: &[u8]) -> Result<Engine, SnapshotError> {
    let end = snapshot.iter().position(|byte| *byte == b'\n');
    let (head, body) = end
        .and_then(|end| snapshot.split_at_checked(end + 1))
        .ok_or(SnapshotError::Version)?;
    let head = std::str::from_utf8(head).map_err(|_| SnapshotError::Version)?;
    let stated = head
        .trim_end()
        .strip_prefix(&format!("{MAGIC}{VERSION} "))
        .ok_or(SnapshotError::Version)?;
    if stated != format!("{:032x}", sum(body)) {
        let problem = "its checksum does not fit".to_owned();
        return Err(SnapshotError::Damaged { problem });
    }
    let state: OwnedState =
        serde_json::from_slice(body).map_err(|error| SnapshotError::Damaged {
            problem: error.to_string(),
        })?;
    Ok(engine(rules, state))
}

fn engine(rules: RuleSet, state: OwnedState) -> Engine {
    let mut former = state.lanes;
    let mut lanes = Vec::new();
    for rule in rules.into_rules() {
        let same =
            |lane: &OwnedLane| lane.rule == rule.info.name && lane.version == rule.info.version;
        let found = former.iter().position(same);
        lanes.push(match found.map(|at| former.swap_remove(at)) {
            Some(lane) => Lane::restored(rule, lane.keys, lane.tally),
            None => Lane::new(rule),
        });
    }
    let gone = former.into_iter().flat_map(|lane| lane.open);
    let resolved = gone.map(|alert| Alert {
        status: AlertStatus::Resolved,
        ..alert
    });
    Engine {
        position: state.position,
        events: state.events,
        time: state.time,
        names: state.names,
        known: state.known,
        lanes,
        orphans: state.orphans.into_iter().chain(resolved).collect(),
    }
}

fn sum(body: &[u8]) -> u128 {
    Hash::new("snapshot").bytes(body).finish()
}

const MAGIC: &str = "jwtrail-detect snapshot ";
const VERSION: u32 = 1;
