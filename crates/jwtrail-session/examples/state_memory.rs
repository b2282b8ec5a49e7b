//! How much memory the state of sessions takes: `cargo run --release --example state_memory`.
//!
//! Linux only, as the resident memory is read from procfs.

use std::io::Write as _;

use futures_util::FutureExt as _;
use jwtrail_event::Timestamp;
use jwtrail_session::{Grant, Sessions, SigningKey, TokenId};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let sessions = Sessions::builder(SigningKey::hs256(SECRET)?, "k1")
        .issuer(ISSUER)
        .audience("orders-api")
        .refresh_key([7; 32])
        .build()?;
    let now = Timestamp::from_seconds(1_800_000_000);
    let mut out = std::io::stdout().lock();

    let before = resident_bytes()?;
    for number in 0..COUNT {
        let grant = Grant::new(format!("user-{number:08}"), "web").scope("orders:read profile");
        sessions
            .issue(grant, now)
            .now_or_never()
            .ok_or("pending")??;
    }
    let families = resident_bytes()?;
    let each = families.saturating_sub(before) / COUNT;
    writeln!(out, "{COUNT} families: {each} bytes each")?;

    for number in 0..COUNT {
        let jti = format!("5b1f9f1e-9c3f-4d0e-8a63-{number:012}");
        let revoked = sessions.revoke_token(ISSUER, TokenId::Jti(&jti), now);
        revoked.now_or_never().ok_or("pending")??;
    }
    let each = resident_bytes()?.saturating_sub(families) / COUNT;
    writeln!(out, "{COUNT} revocations: {each} bytes each")?;
    Ok(())
}

fn resident_bytes() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kib: u64 = number.ok_or("no VmRSS in /proc/self/status")?.parse()?;
    Ok(kib * 1024)
}

const COUNT: u64 = 200_000;
const ISSUER: &str = "https://login.example";
const SECRET: &[u8] = b"an example's secret of 32+ bytes";
