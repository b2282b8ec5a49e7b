//! A refresh token that a thief uses before its owner comes again, until the family is held.

use std::time::Duration;

use jwtrail_event::{SecretToken, Timestamp};
use reqwest::StatusCode;

use super::{Attack, Seat};
use crate::DemoError;
use crate::caller::{Call, Caller};
use crate::claims::Claims;
use crate::expected::{ExpectedAlert, ExpectedKey};
use crate::orders::Role;
use crate::stage::{SAFARI, Stage};

pub(super) const ATTACK: Attack = Attack {
    id: "stolen-session",
    title: "a refresh token is used by a thief before its owner comes again",
    rules: &["family-shared"],
    play: |stage, seat| Box::pin(play(stage, seat)),
};

async fn play(stage: &Stage, seat: Seat) -> Result<Vec<ExpectedAlert>, DemoError> {
    // Both are customers of one provider: it is the program that betrays the thief.
    let owner = stage.caller(stage.attacker(seat, 6).address, SAFARI);
    let thief = stage.caller(stage.attacker(seat, 5).address, "python-httpx/0.28.1");
    let account = stage.account(seat, "nina", Role::Customer)?;
    let tokens = owner.log_in(&account).await?;
    let family = Claims::of(&tokens.access)?.sid()?;
    let tokens = owner.refresh(&tokens).await?;
    owner
        .must(&Call::get("/orders"), &tokens.access, StatusCode::OK)
        .await?;
    // The second program is the decisive one; it is decided while it is answered.
    let asked = stage.clock.now();
    let stolen = thief.refresh(&tokens).await?;
    if stage.responds {
        let refused = until_refused(stage, &thief, &stolen.access).await?;
        let micros = u32::try_from(refused.micros_since(asked)).unwrap_or(u32::MAX);
        stage.ledger.note_refusal(f64::from(micros) / 1e6);
    }
    Ok(vec![ExpectedAlert {
        rule: "family-shared",
        key: ExpectedKey::Family(family),
    }])
}

/// Asks again until the token is refused; when it was.
async fn until_refused(
    stage: &Stage,
    thief: &Caller,
    token: &SecretToken,
) -> Result<Timestamp, DemoError> {
    let end = stage.clock.now().plus_micros(PATIENCE);
    loop {
        let answer = thief.ask(&Call::get("/orders"), token).await?;
        let now = stage.clock.now();
        if answer.must(StatusCode::OK).is_err() || now >= end {
            answer.must(StatusCode::UNAUTHORIZED)?;
            return Ok(now);
        }
        tokio::time::sleep(BETWEEN).await;
    }
}

/// Microseconds.
const PATIENCE: i64 = 20_000_000;
const BETWEEN: Duration = Duration::from_millis(20);
