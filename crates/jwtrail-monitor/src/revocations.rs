//! Tokens that were revoked, kept over restarts until they would have ended.

use futures_util::FutureExt as _;
use jwtrail_event::Timestamp;
use jwtrail_session::{Sessions, TokenId};
use jwtrail_store::{Change, Scan, State, StoreError, Table};

use crate::MonitorError;
use crate::alerts::order;

/// What keeps a revocation.
pub(crate) fn row(jti: &str, until: Timestamp) -> Change {
    let key = jti.as_bytes().to_vec();
    Change::Put(Table::Revocation, key, order(until).to_vec())
}

/// Revokes again what was revoked before the start.
pub(crate) fn restore(
    state: &dyn State,
    sessions: &Sessions,
    now: Timestamp,
) -> Result<(), MonitorError> {
    for (jti, until) in state.scan(&Scan::all(Table::Revocation))? {
        if *until > order(now)[..]
            && let Ok(jti) = std::str::from_utf8(&jti)
        {
            let issuer = sessions.issuer();
            let revoked = sessions.revoke_token(issuer, TokenId::Jti(jti), now);
            // The state of the sessions is in memory and answers at once.
            let revoked = revoked.now_or_never().ok_or(MonitorError::Stopped)?;
            revoked.map_err(jwtrail_session::SessionError::from)?;
        }
    }
    Ok(())
}

/// Forgets tokens that have ended by themselves.
pub(crate) fn evict(state: &dyn State, now: Timestamp) -> Result<(), StoreError> {
    let rows = state.scan(&Scan::all(Table::Revocation))?.into_iter();
    let ended = rows.filter(|(_, until)| **until <= order(now)[..]);
    let changes: Vec<_> = ended
        .map(|(jti, _)| Change::Remove(Table::Revocation, jti))
        .collect();
    if changes.is_empty() {
        return Ok(());
    }
    state.commit(changes)
}
