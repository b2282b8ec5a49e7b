//! Any text in a refresh token's place; `TOKEN` stands for a good one.
#![no_main]

use std::sync::OnceLock;

use futures_util::FutureExt as _;
use jwtrail_fuzz::{AUDIENCE, ISSUER, now};
use jwtrail_session::{Grant, Sessions, SigningKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (sessions, good) = sessions();
    let text = text.replace("TOKEN", good);
    let refreshed = sessions.refresh(&text, "web", now()).now_or_never();
    match refreshed.expect("memory answers at once") {
        Ok(_) => assert_eq!(&text, good),
        Err(refusal) => {
            assert_ne!(&text, good);
            assert!(!format!("{refusal:?}").contains(good));
            // A guess costs no family its life.
            assert!(!refusal.family_revoked());
        }
    }
});

fn sessions() -> &'static (Sessions, String) {
    static SESSIONS: OnceLock<(Sessions, String)> = OnceLock::new();
    SESSIONS.get_or_init(|| {
        let key = SigningKey::generate_ed25519().expect("a key");
        let sessions = Sessions::builder(key, "k")
            .issuer(ISSUER)
            .audience(AUDIENCE)
            .refresh_key([7; 32])
            .build()
            .expect("sessions");
        let issued = sessions.issue(Grant::new("alice", "web"), now());
        let issued = issued.now_or_never().expect("at once").expect("issued");
        (sessions, issued.refresh_token.expose().to_owned())
    })
}
