//! A token that somebody goes on trying after its owner has logged out.

use reqwest::StatusCode;

use super::{Attack, Seat};
use crate::DemoError;
use crate::caller::Call;
use crate::claims::Claims;
use crate::expected::{ExpectedAlert, ExpectedKey};
use crate::orders::Role;
use crate::stage::{FIREFOX, Stage};

pub(super) const ATTACK: Attack = Attack {
    id: "token-after-logout",
    title: "a token is tried again and again after its owner has logged out",
    rules: &["token-repeated-rejections"],
    play: |stage, seat| Box::pin(play(stage, seat)),
};

async fn play(stage: &Stage, seat: Seat) -> Result<Vec<ExpectedAlert>, DemoError> {
    let owner = stage.caller(stage.home(42), FIREFOX);
    let account = stage.account(seat, "victor", Role::Customer)?;
    let tokens = owner.log_in(&account).await?;
    let claims = Claims::of(&tokens.access)?;
    owner
        .must(&Call::get("/orders"), &tokens.access, StatusCode::OK)
        .await?;
    let logout = Call::post("/logout", serde_json::Value::Null);
    owner
        .must(&logout, &tokens.access, StatusCode::NO_CONTENT)
        .await?;

    let thief = stage.caller(stage.attacker(seat, 6).address, "Wget/1.24.5");
    for _ in 0..TRIES {
        thief
            .must(
                &Call::get("/orders"),
                &tokens.access,
                StatusCode::UNAUTHORIZED,
            )
            .await?;
    }
    Ok(vec![ExpectedAlert {
        rule: "token-repeated-rejections",
        key: ExpectedKey::Token {
            iss: stage.issuer().to_owned(),
            jti: claims.jti()?,
        },
    }])
}

/// The rule fires at five.
const TRIES: usize = 6;
