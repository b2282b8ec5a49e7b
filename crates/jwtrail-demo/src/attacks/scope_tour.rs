//! A customer who tries one door after another.

use reqwest::StatusCode;

use super::{Attack, Seat};
use crate::DemoError;
use crate::caller::Call;
use crate::expected::{ExpectedAlert, ExpectedKey};
use crate::orders::Role;
use crate::stage::Stage;

pub(super) const ATTACK: Attack = Attack {
    id: "scope-tour",
    title: "a customer with one scope tries six others",
    rules: &["scope-probing"],
    play: |stage, seat| Box::pin(play(stage, seat)),
};

async fn play(stage: &Stage, seat: Seat) -> Result<Vec<ExpectedAlert>, DemoError> {
    let attacker = stage.attacker(seat, 2);
    let caller = stage.caller(attacker.address, "curl/8.11.1");
    let account = stage.account(seat, "mallory", Role::Guest)?;
    let tokens = caller.log_in(&account).await?;
    caller
        .must(&Call::get("/orders"), &tokens.access, StatusCode::OK)
        .await?;
    let refund = serde_json::json!({ "order": 1, "cents": 100_000 });
    let order = serde_json::json!({ "item": "gift card", "quantity": 1 });
    for call in [
        Call::get("/customers"),
        Call::get("/reports/daily"),
        Call::get("/admin/users"),
        Call::post("/admin/refunds", refund),
        Call::post("/orders", order),
        Call::post("/orders/1/cancel", serde_json::Value::Null),
    ] {
        caller
            .must(&call, &tokens.access, StatusCode::FORBIDDEN)
            .await?;
    }
    Ok(vec![ExpectedAlert {
        rule: "scope-probing",
        key: ExpectedKey::Subject {
            iss: stage.issuer().to_owned(),
            sub: account.username,
        },
    }])
}
