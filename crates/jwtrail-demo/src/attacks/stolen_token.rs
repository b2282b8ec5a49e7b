//! An access token that two programs at two places use by turns.

use reqwest::StatusCode;

use super::{Attack, Seat};
use crate::DemoError;
use crate::caller::Call;
use crate::claims::Claims;
use crate::expected::{ExpectedAlert, ExpectedKey};
use crate::orders::Role;
use crate::stage::{SAFARI, Stage};

pub(super) const ATTACK: Attack = Attack {
    id: "stolen-token",
    title: "an access token is used by its owner and, in between, by a thief",
    rules: &["token-replayed"],
    play: |stage, seat| Box::pin(play(stage, seat)),
};

async fn play(stage: &Stage, seat: Seat) -> Result<Vec<ExpectedAlert>, DemoError> {
    let owner = stage.caller(stage.home(41), SAFARI);
    let thief = stage.caller(stage.attacker(seat, 5).address, "python-httpx/0.28.1");
    let account = stage.account(seat, "nina", Role::Customer)?;
    let tokens = owner.log_in(&account).await?;
    let claims = Claims::of(&tokens.access)?;
    for who in [&owner, &thief, &owner, &thief] {
        who.must(&Call::get("/orders"), &tokens.access, StatusCode::OK)
            .await?;
    }
    Ok(vec![ExpectedAlert {
        rule: "token-replayed",
        key: ExpectedKey::Token {
            iss: stage.issuer().to_owned(),
            jti: claims.jti()?,
        },
    }])
}
