use jwtrail_event::{Reason, Step, Steps, Timestamp};
use serde_json::{Map, Value};

use crate::claims::{Claims, Hearsay};
use crate::header::Header;
use crate::jws::{Decoded, Parts};
use crate::keys::{KeyEpoch, MissingKey, Snapshot};
use crate::rejection::Shown;
use crate::token::SignedToken;
use crate::{Rejection, Verifier, header, json};

impl Verifier {
    /// The steps `parse` to `signature`.
    pub(super) fn verify_signature(
        &self,
        token: &str,
        keys: &Snapshot,
        now: Timestamp,
    ) -> Result<Signed, Failure> {
        if token.len() > self.policy.max_token_bytes {
            return Err(Failure::at(Step::Parse, Reason::TokenTooLarge));
        }
        let Some(parts) = Parts::split(token) else {
            return Err(Failure::at(Step::Parse, Reason::MalformedToken));
        };
        let Some(decoded) = parts.decode() else {
            let (header, payload) = parts.salvage();
            let failure = Failure::at(Step::Parse, Reason::MalformedToken);
            return Err(failure.showing(
                header.as_deref().and_then(json::object).as_ref(),
                payload.as_deref().and_then(json::object).as_ref(),
            ));
        };
        let (header, payload) = (
            json::object(&decoded.header),
            json::object(&decoded.payload),
        );
        let (Some(members), Some(claims)) = (&header, &payload) else {
            let failure = Failure::at(Step::Parse, Reason::MalformedToken);
            return Err(failure.showing(header.as_ref(), payload.as_ref()));
        };
        let keys = check_signature(members, claims, &parts, &decoded, (keys, now))
            .map_err(|failure| failure.showing(header.as_ref(), payload.as_ref()))?;
        Ok(Signed {
            keys,
            typ_is_text: members.get("typ").is_none_or(Value::is_string),
            token: SignedToken {
                header: Header::read(members),
                claims: Claims::read(claims, &self.scope_classes),
                fingerprint: self.fingerprint(token),
                payload: decoded.payload.into_boxed_slice(),
            },
        })
    }

    pub(super) fn reject(&self, token: &str, failure: Failure) -> Box<Rejection> {
        let before = Step::ALL.iter().take_while(|step| **step != failure.step);
        let mut steps = Steps::default();
        before.for_each(|step| steps.passed(*step));
        let shown = Shown::Unverified {
            header: failure.header,
            claimed: failure.claimed,
            fingerprint: self.fingerprint(token),
        };
        Rejection::new(steps, failure.step, failure.reason, shown).with_missing(failure.missing)
    }
}

/// The steps `header`, `key` and `signature`. Gives the keys under which it held.
fn check_signature(
    members: &Map<String, Value>,
    claims: &Map<String, Value>,
    parts: &Parts<'_>,
    decoded: &Decoded,
    (keys, now): (&Snapshot, Timestamp),
) -> Result<KeyEpoch, Failure> {
    let algorithm = header::check(members, |algorithm| keys.allows(algorithm))
        .map_err(|reason| Failure::at(Step::Header, reason))?;
    let kid = members.get("kid").and_then(Value::as_str);
    let (key, epoch) = keys
        .select(kid, algorithm, claims.get("iss"), now)
        .map_err(|none| Failure {
            missing: none.missing.map(Box::new),
            ..Failure::at(Step::Key, none.reason)
        })?;
    match key.holds(parts.signed.as_bytes(), &decoded.signature) {
        true => Ok(epoch),
        false => Err(Failure::at(Step::Signature, Reason::BadSignature)),
    }
}

pub(super) struct Signed {
    pub(super) token: SignedToken,
    pub(super) keys: KeyEpoch,
    /// `typ` is a string, or absent.
    pub(super) typ_is_text: bool,
}

/// A step up to the signature failed; nothing that the token says is believed.
pub(super) struct Failure {
    step: Step,
    reason: Reason,
    header: Header,
    claimed: Hearsay,
    /// The key that a newer set may have.
    missing: Option<Box<MissingKey>>,
}

impl Failure {
    pub(super) fn at(step: Step, reason: Reason) -> Self {
        Self {
            step,
            reason,
            header: Header::default(),
            claimed: Hearsay::default(),
            missing: None,
        }
    }

    fn showing(
        mut self,
        header: Option<&Map<String, Value>>,
        payload: Option<&Map<String, Value>>,
    ) -> Self {
        self.header = header.map(Header::read).unwrap_or_default();
        self.claimed = payload.map(Hearsay::read).unwrap_or_default();
        self
    }
}
