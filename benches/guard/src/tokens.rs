//! The tokens of the load, one a line, each after the status that it deserves.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use jwtrail_event::Timestamp;
use jwtrail_forge::{Algorithm, Forge, TokenBuilder};

pub fn algorithm(name: &str) -> anyhow::Result<Algorithm> {
    Ok(match name {
        "hs256" => Algorithm::Hs256,
        "rs256" => Algorithm::Rs256,
        "es256" => Algorithm::Es256,
        "eddsa" => Algorithm::EdDsa,
        other => anyhow::bail!("no algorithm is called `{other}`"),
    })
}

/// Distinct tokens of distinct subjects, every twentieth of them bad.
pub fn mint(algorithm: Algorithm, count: usize, file: &Path) -> anyhow::Result<()> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let now = i64::try_from(since.as_secs())?;
    let forge = Forge::new(Timestamp::from_seconds(now)).with_algorithm(algorithm);
    let padding = LENGTH.saturating_sub(token(&forge, 0, 0).sign().expose().len()) * 3 / 4;
    let mut lines = String::new();
    for number in 0..count {
        let good = token(&forge, number, padding);
        let (status, text) = match number % EVERY {
            BAD => (401, bad(good, number / EVERY)),
            _ => (200, good.sign().expose().to_owned()),
        };
        writeln!(lines, "{status} {text}")?;
    }
    std::fs::write(file, lines).with_context(|| format!("cannot write {}", file.display()))
}

/// As identity providers make them: a session, a client, some scopes, and a claim of their own.
fn token(forge: &Forge, number: usize, padding: usize) -> TokenBuilder<'_> {
    let token = forge
        .token()
        .subject(&format!("user-{number:06}"))
        .scope("orders:read orders:write profile")
        .id(&format!("{number:08x}-5d1c-4c5e-9a53-0f4b8f1c2d3e"))
        .claim("sid", format!("{number:08x}-77aa-4b4b-8c8c-1a2b3c4d5e6f"))
        .expires_in(6 * 3_600);
    match padding.checked_sub(r#","org":"""#.len()) {
        Some(length) => token.claim("org", "x".repeat(length)),
        None => token,
    }
}

/// What comes in practice, in equal parts: tokens that have ended, of an issuer that nobody
/// knows, signed by a stranger, cut off, and for another service.
fn bad(good: TokenBuilder<'_>, number: usize) -> String {
    let sign = |token: TokenBuilder<'_>| token.sign().expose().to_owned();
    match number % 5 {
        0 => sign(good.issued_in(-7_200).expires_in(-3_600)),
        1 => sign(good.issuer("https://login.example.net")),
        2 => sign(good.signed_by_stranger()),
        3 => {
            let mut text = sign(good);
            text.truncate(text.len() - 300);
            text
        }
        _ => sign(good.audience("billing-api")),
    }
}

/// In bytes; what an algorithm's signature makes longer stays longer.
const LENGTH: usize = 615;
const EVERY: usize = 20;
const BAD: usize = 19;
