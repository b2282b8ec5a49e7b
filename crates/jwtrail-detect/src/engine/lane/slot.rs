use serde::{Serialize, Serializer};

use crate::engine::entry::Item;
use crate::engine::habits::{Few, Habits};
use crate::engine::key_state::KeyState;
use crate::engine::time::Time;
use crate::rule::Plan;

/// What is kept of a key.
#[derive(Debug)]
pub(super) enum Slot {
    /// It has seen nothing but these habits, which keep its events.
    Habits(Few),
    /// Its events are judged as they come.
    State(Box<KeyState>),
}

/// What a snapshot says of a key: what would be known if all of its events had been judged.
#[derive(Debug)]
pub(in crate::engine) enum Kept<'l> {
    State(&'l KeyState),
    Habits(Unjudged<'l>),
}

/// A key that has seen nothing but habits. There are many: each is worked out when it is
/// written.
#[derive(Debug)]
pub(in crate::engine) struct Unjudged<'l> {
    pub(super) plan: &'l Plan,
    pub(super) habits: &'l Habits,
    pub(super) time: &'l Time,
    pub(super) few: Few,
    pub(super) bond: crate::engine::habits::Bond,
}

impl Unjudged<'_> {
    fn items(&self) -> Vec<Item> {
        self.habits.items(self.few, self.bond)
    }
}

impl Serialize for Kept<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::State(state) => state.serialize(serializer),
            Self::Habits(key) => match KeyState::of(key.plan, key.items(), key.time) {
                Some(mut state) => {
                    state.timer = state.next_due(key.plan);
                    state.serialize(serializer)
                }
                None => Err(serde::ser::Error::custom("a habit lost its events")),
            },
        }
    }
}

const _: () = assert!(size_of::<Slot>() == 16, "there are many of them");
