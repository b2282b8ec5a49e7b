//! A search for a weak secret: the same claims under one guess after another.

use reqwest::StatusCode;

use super::{Attack, Seat};
use crate::DemoError;
use crate::caller::Call;
use crate::expected::{ExpectedAlert, ExpectedKey};
use crate::stage::Stage;

pub(super) const ATTACK: Attack = Attack {
    id: "signature-search",
    title: "two dozen tokens signed with keys that are not ours",
    rules: RULES,
    play: |stage, seat| Box::pin(play(stage, seat)),
};

async fn play(stage: &Stage, seat: Seat) -> Result<Vec<ExpectedAlert>, DemoError> {
    let attacker = stage.attacker(seat, 3);
    let caller = stage.caller(attacker.address, "Mozilla/5.0 (compatible; scanner)");
    let forge = stage.forge("grace");
    for _ in 0..GUESSES {
        // Each is a token of its own: the forge gives every one another jti.
        let token = forge
            .token()
            .header("kid", stage.kid())
            .signed_by_stranger();
        caller
            .ask(&Call::get("/admin/users"), &token.sign())
            .await?
            .must(StatusCode::UNAUTHORIZED)?;
    }
    let expected = |rule| ExpectedAlert {
        rule,
        key: ExpectedKey::Address(attacker.key.clone()),
    };
    Ok(RULES.iter().copied().map(expected).collect())
}

const RULES: &[&str] = &["signature-guessing", "origin-repeated-401"];
/// They fire at twenty.
const GUESSES: usize = 24;
