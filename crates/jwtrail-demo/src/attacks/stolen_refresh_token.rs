//! A refresh token that was copied, and is used after its owner has gone on.

use reqwest::StatusCode;

use super::{Attack, Seat};
use crate::DemoError;
use crate::caller::Call;
use crate::claims::Claims;
use crate::expected::{ExpectedAlert, ExpectedKey};
use crate::orders::Role;
use crate::stage::{FIREFOX, Stage};

pub(super) const ATTACK: Attack = Attack {
    id: "stolen-refresh-token",
    title: "a copied refresh token is used after its owner has refreshed twice",
    rules: &["refresh-reused"],
    play: |stage, seat| Box::pin(play(stage, seat)),
};

async fn play(stage: &Stage, seat: Seat) -> Result<Vec<ExpectedAlert>, DemoError> {
    let owner = stage.caller(stage.home(40), FIREFOX);
    let account = stage.account(seat, "rosa", Role::Customer)?;
    let stolen = owner.log_in(&account).await?;
    let family = Claims::of(&stolen.access)?.sid()?;
    let second = owner.refresh(&stolen).await?;
    owner
        .must(&Call::get("/orders"), &second.access, StatusCode::OK)
        .await?;
    let third = owner.refresh(&second).await?;
    owner
        .must(&Call::get("/orders"), &third.access, StatusCode::OK)
        .await?;

    let thief = stage.caller(stage.attacker(seat, 4).address, "okhttp/4.12.0");
    thief.refresh_in_vain(&stolen).await?;

    // The service can't tell who is the thief: the owner is out too, and logs in again.
    owner
        .must(
            &Call::get("/orders"),
            &third.access,
            StatusCode::UNAUTHORIZED,
        )
        .await?;
    owner.refresh_in_vain(&third).await?;
    let again = owner.log_in(&account).await?;
    owner
        .must(&Call::get("/orders"), &again.access, StatusCode::OK)
        .await?;
    Ok(vec![ExpectedAlert {
        rule: "refresh-reused",
        key: ExpectedKey::Family(family),
    }])
}
