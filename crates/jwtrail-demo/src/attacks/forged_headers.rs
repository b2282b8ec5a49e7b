//! Tokens whose header talks the verifier into trusting them.

use reqwest::StatusCode;

use super::{Attack, Seat};
use crate::DemoError;
use crate::caller::Call;
use crate::expected::{ExpectedAlert, ExpectedKey};
use crate::stage::Stage;

pub(super) const ATTACK: Attack = Attack {
    id: "forged-headers",
    title: "tokens without a signature, with their own key, with an unknown extension",
    rules: &["forgery-attempt"],
    play: |stage, seat| Box::pin(play(stage, seat)),
};

async fn play(stage: &Stage, seat: Seat) -> Result<Vec<ExpectedAlert>, DemoError> {
    let attacker = stage.attacker(seat, 0);
    let caller = stage.caller(attacker.address, "python-requests/2.32.3");
    let forge = stage.forge("ada");
    for id in CASES {
        let Some(case) = jwtrail_forge::find(id) else {
            return Err(DemoError::NoSuchCase { id });
        };
        let presented = forge.present(case);
        for header in presented.authorization() {
            caller
                .ask_with_header(&Call::get("/orders"), header.expose())
                .await?
                .must(StatusCode::UNAUTHORIZED)?;
        }
    }
    Ok(vec![ExpectedAlert {
        rule: "forgery-attempt",
        key: ExpectedKey::Address(attacker.key),
    }])
}

/// `alg: none` in three spellings, the attacker's own key in two ways, an unknown extension.
const CASES: [&str; 6] = [
    "SIG-03/none",
    "SIG-03/nOnE",
    "SIG-03/none-signed",
    "KEY-01/jwk",
    "KEY-02/jku",
    "KEY-05/unknown",
];

#[cfg(test)]
mod tests {
    use jwtrail_event::Reason;
    use jwtrail_forge::{Presentation, find};

    use super::CASES;

    #[test]
    fn each_token_is_refused_for_its_header() {
        for id in CASES {
            let case = find(id).expect(id);
            assert_eq!(case.presentation, Presentation::Bearer, "{id}");
            let reason = case.expect.reason.expect(id);
            assert!(
                matches!(
                    reason,
                    Reason::AlgorithmNotAllowed
                        | Reason::UntrustedKey
                        | Reason::UnsupportedCritical
                ),
                "{id}: {reason}"
            );
        }
    }
}
