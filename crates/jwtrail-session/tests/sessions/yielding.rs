//! A state that does what the one in memory does, and is polled twice more for each answer:
//! before it acts and after.

use std::sync::Arc;
use std::task::Poll;

use jwtrail_event::Timestamp;
use jwtrail_session::{
    Advance, Answer, Family, FamilyId, MemoryState, Revocation, State, StateError, Swap,
    TokenIdentity,
};

#[derive(Debug)]
pub(crate) struct Yielding(pub(crate) Arc<MemoryState>);

impl Yielding {
    fn slowly<'a, T: Send + 'a>(
        &'a self,
        act: impl FnOnce(&'a MemoryState) -> Answer<'a, T> + Send + 'a,
    ) -> Answer<'a, T> {
        Answer::later(async move {
            pause().await;
            let answer = act(&self.0).await;
            pause().await;
            answer
        })
    }
}

async fn pause() {
    let mut paused = false;
    let once = std::future::poll_fn(|_| match std::mem::replace(&mut paused, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    });
    once.await;
}

impl State for Yielding {
    fn open(
        &self,
        id: FamilyId,
        family: Family,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'_, Result<(), StateError>> {
        self.slowly(move |memory| memory.open(id, family, until, now))
    }

    fn family(
        &self,
        id: FamilyId,
        now: Timestamp,
    ) -> Answer<'_, Result<Option<Family>, StateError>> {
        self.slowly(move |memory| memory.family(id, now))
    }

    fn advance(
        &self,
        id: FamilyId,
        advance: Advance,
        now: Timestamp,
    ) -> Answer<'_, Result<Swap, StateError>> {
        self.slowly(move |memory| memory.advance(id, advance, now))
    }

    fn revoke_family(
        &self,
        id: FamilyId,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'_, Result<Option<Family>, StateError>> {
        self.slowly(move |memory| memory.revoke_family(id, until, now))
    }

    fn revoke<'a>(
        &'a self,
        revocation: Revocation<'a>,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'a, Result<(), StateError>> {
        self.slowly(move |memory| memory.revoke(revocation, until, now))
    }

    fn revoked_before<'a>(
        &'a self,
        issuer: &'a str,
        subject: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Result<Option<Timestamp>, StateError>> {
        self.slowly(move |memory| memory.revoked_before(issuer, subject, now))
    }

    fn is_revoked<'a>(
        &'a self,
        token: TokenIdentity<'a>,
        now: Timestamp,
    ) -> Answer<'a, Result<bool, StateError>> {
        self.slowly(move |memory| memory.is_revoked(token, now))
    }
}
