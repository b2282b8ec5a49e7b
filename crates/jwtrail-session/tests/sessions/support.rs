//! What the tests of sessions share.
use std::sync::Arc;

use jwtrail_event::Timestamp;
use jwtrail_session::{
    AccessClaims, Grant, Issued, RefreshRefusal, Refreshed, Sessions, SessionsBuilder, SigningKey,
    State, TokenId, TokenIdentity,
};

use crate::stores::Store;

pub(crate) const ISSUER: &str = "https://login.example";
pub(crate) const ACCESS: u32 = 600;
pub(crate) const REFRESH: u32 = 3_600;
pub(crate) const GRACE: u32 = 10;
pub(crate) const LEEWAY: u32 = 60;

pub(crate) fn builder() -> SessionsBuilder {
    let key = SigningKey::hs256(b"a secret of the tests, 32 bytes.").expect("a good key");
    Sessions::builder(key, "k1")
        .issuer(ISSUER)
        .audience("orders-api")
        .refresh_key([7; 32])
        .access_lifetime(ACCESS)
        .refresh_lifetime(REFRESH)
        .grace(GRACE)
        .leeway(LEEWAY)
        .longest_lifetime(ACCESS)
}

pub(crate) fn sessions(store: &dyn Store) -> Sessions {
    sessions_on(store.state())
}

pub(crate) fn sessions_on(state: Arc<dyn State>) -> Sessions {
    builder()
        .state(state)
        .build()
        .expect("a good configuration")
}

/// What comes of a future.
pub(crate) fn wait_for<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(future)
}

pub(crate) fn issue(sessions: &Sessions, seconds: i64) -> Issued {
    let grant = Grant::new("user-7", "web").scope("orders:read");
    wait_for(sessions.issue(grant, at(seconds))).expect("a login")
}

pub(crate) fn refresh(
    sessions: &Sessions,
    token: &str,
    client: &str,
    seconds: i64,
) -> Result<Refreshed, RefreshRefusal> {
    wait_for(sessions.refresh(token, client, at(seconds)))
}

/// How a verifier would see a token with these claims.
pub(crate) fn identity(claims: &AccessClaims) -> TokenIdentity<'_> {
    TokenIdentity {
        issuer: &claims.issuer,
        id: TokenId::Jti(&claims.jti),
        subject: &claims.subject,
        issued_at: Some(claims.issued_at),
        family: claims.family.map(|family| family.id),
    }
}

pub(crate) fn is_good(sessions: &Sessions, claims: &AccessClaims, seconds: i64) -> bool {
    let answer = sessions.check_identity(identity(claims), at(seconds));
    wait_for(answer.into_future()).is_ok()
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_700_000_000 + seconds)
}
