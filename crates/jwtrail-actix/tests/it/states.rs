//! Stores that are not well.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jwtrail_event::Timestamp;
use jwtrail_session::{
    Advance, Answer, Charge, Family, FamilyId, Over, Revocation, SharedLimits, State, StateError,
    Swap, TokenIdentity,
};
use tokio::sync::Notify;

/// A store that does not answer, at once or ever.
#[derive(Clone, Debug, Default)]
pub(crate) struct Broken {
    /// Told when somebody begins to wait; without it the store says that it is down.
    pub(crate) waits: Option<Arc<Notify>>,
}

impl Broken {
    fn answer<'a, T: Send + 'a>(&self) -> Answer<'a, Result<T, StateError>> {
        let Some(waits) = self.waits.clone() else {
            return Answer::Ready(Err(StateError::Unavailable("down".into())));
        };
        Answer::later(async move {
            waits.notify_one();
            std::future::pending().await
        })
    }
}

impl State for Broken {
    fn open(
        &self,
        _: FamilyId,
        _: Family,
        _: Timestamp,
        _: Timestamp,
    ) -> Answer<'_, Result<(), StateError>> {
        self.answer()
    }

    fn family(&self, _: FamilyId, _: Timestamp) -> Answer<'_, Result<Option<Family>, StateError>> {
        self.answer()
    }

    fn advance(
        &self,
        _: FamilyId,
        _: Advance,
        _: Timestamp,
    ) -> Answer<'_, Result<Swap, StateError>> {
        self.answer()
    }

    fn revoke_family(
        &self,
        _: FamilyId,
        _: Timestamp,
        _: Timestamp,
    ) -> Answer<'_, Result<Option<Family>, StateError>> {
        self.answer()
    }

    fn revoke<'a>(
        &'a self,
        _: Revocation<'a>,
        _: Timestamp,
        _: Timestamp,
    ) -> Answer<'a, Result<(), StateError>> {
        self.answer()
    }

    fn revoked_before<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: Timestamp,
    ) -> Answer<'a, Result<Option<Timestamp>, StateError>> {
        self.answer()
    }

    fn is_revoked<'a>(
        &'a self,
        _: TokenIdentity<'a>,
        _: Timestamp,
    ) -> Answer<'a, Result<bool, StateError>> {
        self.answer()
    }
}

/// Limits that everybody shares and nobody reaches, while they answer.
#[derive(Debug, Default)]
pub(crate) struct Switched {
    down: AtomicBool,
}

impl Switched {
    pub(crate) fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }
}

impl SharedLimits for Switched {
    fn charge(&self, charges: Vec<Charge>) -> Answer<'_, Result<Option<Over>, StateError>> {
        assert!(!charges.is_empty());
        let down = self.down.load(Ordering::SeqCst);
        Answer::later(async move {
            match down {
                true => Err(StateError::Unavailable("down".into())),
                false => Ok(None),
            }
        })
    }
}
