use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use futures_util::FutureExt as _;
use jwtrail_event::Timestamp;
use jwtrail_session::{
    Answer, Grant, Limited, Limits, NotAdmitted, Sessions, SigningKey, WhenDown,
};
use jwtrail_verify::{Seed, VerifiedToken, Verifier};

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_800_000_000 + seconds)
}

pub(crate) fn address(number: u32) -> IpAddr {
    Ipv4Addr::from_bits(0x0a00_0000 + number).into()
}

/// Verified tokens, each with a `jti` of its own.
pub(crate) struct Issuer {
    sessions: Sessions,
    verifier: Verifier,
}

impl Issuer {
    pub(crate) fn new() -> Self {
        let key = SigningKey::hs256(b"a secret of the tests, 32 bytes.").unwrap();
        let sessions = Sessions::builder(key, "k1")
            .issuer("https://login.example")
            .audience("orders-api")
            .refresh_key([7; 32])
            .build()
            .unwrap();
        let verifier = Verifier::builder()
            .issuer("https://login.example", sessions.key_set())
            .audience("orders-api")
            .scope_class("admin", ["orders:admin", "users:admin"])
            .build(Seed::new([9; 32]))
            .unwrap();
        Self { sessions, verifier }
    }

    pub(crate) fn token(&self, subject: &str, scope: &str) -> Arc<VerifiedToken> {
        let grant = Grant::new(subject, "web").scope(scope);
        let access = self.sessions.issue_access(grant, at(0));
        let access = access.now_or_never().unwrap().unwrap();
        let verified = self.verifier.verify(access.token.expose(), at(0));
        verified.unwrap().token
    }
}

/// What limits in memory say of a request: at once, and to one that changed nothing.
pub(crate) fn admit(
    limits: &Limits,
    token: &VerifiedToken,
    route: impl FnOnce() -> &'static str,
    now: Timestamp,
) -> Result<(), Limited> {
    let answer = limits.admit(token, route, WhenDown::Refuse, now);
    let Answer::Ready(admission) = answer else {
        panic!("limits in memory answer at once")
    };
    assert_eq!(admission.turned, None);
    admission.verdict.map_err(|refused| match refused {
        NotAdmitted::Limited(limited) => limited,
        other => panic!("{other}"),
    })
}
