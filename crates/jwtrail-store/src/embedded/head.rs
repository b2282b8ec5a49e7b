use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The last durable position, and those who wait for more.
pub(super) struct Head {
    state: Mutex<State>,
    moved: Condvar,
}

struct State {
    position: u64,
    closed: bool,
}

impl Head {
    pub(super) const fn new(position: u64) -> Self {
        Self {
            state: Mutex::new(State {
                position,
                closed: false,
            }),
            moved: Condvar::new(),
        }
    }

    pub(super) fn position(&self) -> u64 {
        self.state().position
    }

    pub(super) fn advance(&self, position: u64) {
        self.state().position = position;
        self.moved.notify_all();
    }

    pub(super) fn close(&self) {
        self.state().closed = true;
        self.moved.notify_all();
    }

    pub(super) fn wait(&self, beyond: u64, at_most: Duration) -> u64 {
        let idle = |state: &mut State| state.position <= beyond && !state.closed;
        let waited = self.moved.wait_timeout_while(self.state(), at_most, idle);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.position
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Two plain values, each written at once: nothing to repair after a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
