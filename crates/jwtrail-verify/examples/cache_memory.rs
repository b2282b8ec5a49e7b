//! How much memory the verified-token cache takes: `cargo run --release --example cache_memory`.
//!
//! Linux only, as the resident memory is read from procfs.

use std::io::Write as _;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwtrail_event::Timestamp;
use jwtrail_verify::{Algorithm, Key, KeySet, Seed, Verifier};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    // Kept to the end, so that none takes the memory that another left.
    let mut verifiers = Vec::new();
    for padding in [68, 1_000, 4_000] {
        let verifier = verifier()?;
        let length = token(0, padding).len();
        let before = resident_kib()?;
        for number in 0..TOKENS {
            verifier.verify(&token(number, padding), Timestamp::from_seconds(NOW))?;
        }
        let kib = resident_kib()?.saturating_sub(before);
        verifiers.push(verifier);
        writeln!(out, "{TOKENS} tokens of {length} bytes: {kib} KiB")?;
    }
    drop(verifiers);
    Ok(())
}

fn verifier() -> Result<Verifier, Failure> {
    let key = Key::hmac(Algorithm::Hs256, SECRET, Some("k1"))?;
    Ok(Verifier::builder()
        .issuer("https://login.example", KeySet::new(vec![key])?)
        .audience("orders-api")
        .build(Seed::new([7; 32]))?)
}

fn token(number: u32, padding: usize) -> String {
    let claims = format!(
        r#"{{"iss":"https://login.example","aud":"orders-api","sub":"user-{number:08}","jti":"5b1f9f1e-9c3f-4d0e-8a63-{number:012}","client_id":"web","sid":"0d5f3b1c-7a52-4c7e-9c5e-{number:012}","scope":"orders:read orders:write profile","tenant":"acme-{number:08}","roles":["editor","viewer"],"iat":{NOW},"exp":{},"pad":"{}"}}"#,
        NOW + 600,
        "p".repeat(padding),
    );
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"at+jwt","kid":"k1"}"#);
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET);
    let tag = hmac::sign(&key, signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}

fn resident_kib() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(number.ok_or("no VmRSS in /proc/self/status")?.parse()?)
}

const NOW: i64 = 1_800_000_000;
/// More than the cache holds.
const TOKENS: u32 = 30_000;
const SECRET: &[u8] = b"an example's secret of 32+ bytes";
