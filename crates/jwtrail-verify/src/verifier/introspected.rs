use std::sync::Arc;

use jwtrail_event::{CacheUse, Reason, Step, Steps, Timestamp};

use crate::claims::{self, Claims, Hearsay};
use crate::header::Header;
use crate::json::Value;
use crate::jws::Parts;
use crate::rejection::Shown;
use crate::signed_token::SignedToken;
use crate::{Rejection, Verified, VerifiedToken, Verifier, json};

impl Verifier {
    /// Judges a token by what its issuer answered to an introspection (RFC 7662 section 2.2):
    /// the claims of an active one are held against the same policy as those of a signed one,
    /// but for `typ`, which an answer does not have. An answer without `iss` speaks for the
    /// issuer that gave it.
    ///
    /// The answer is believed as a signature is: it must come from the issuer's own endpoint,
    /// over TLS. Nothing is cached here.
    ///
    /// ```
    /// use jwtrail_event::{Reason, Timestamp};
    /// # use jwtrail_forge::Forge;
    /// # use jwtrail_verify::{KeySet, Seed, Verifier};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let now = Timestamp::from_seconds(1_800_000_000);
    /// # let forge = Forge::new(now);
    /// # let keys = KeySet::from_jwks(forge.jwks())?;
    /// # let builder = Verifier::builder().issuer(forge.issuer(), keys).audience(forge.audience());
    /// # let verifier = builder.build(Seed::new([7; 32]))?;
    /// let issuer = "https://login.example";
    /// let active = br#"{"active":true,"sub":"alice","aud":"orders-api","exp":1800000300}"#;
    /// let verified = verifier.introspected("opaque-token", active, issuer, now)?;
    /// assert_eq!((verified.token.sub(), verified.token.iss()), ("alice", issuer));
    ///
    /// let inactive = br#"{"active":false}"#;
    /// let rejection = verifier.introspected("opaque-token", inactive, issuer, now).unwrap_err();
    /// assert_eq!(rejection.reason(), Reason::Revoked);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `revoked` for a token that is not active: the issuer does not say whether it ended, was
    /// revoked, or never was. `backend_unavailable` for an answer that is none. Else what its
    /// claims fail at.
    pub fn introspected(
        &self,
        token: &str,
        answer: &[u8],
        issuer: &str,
        now: Timestamp,
    ) -> Result<Verified, Box<Rejection>> {
        let answer = std::str::from_utf8(answer).ok();
        let read = answer.and_then(|text| Some((text, json::object_in(text)?)));
        let Some((answer, members)) = read else {
            return Err(self.not_introspected(token));
        };
        match members.get("active") {
            Some(Value::Bool(true)) => {}
            Some(Value::Bool(false)) => {
                return Err(self.untrusted(token, Step::Revocation, Reason::Revoked));
            }
            _ => return Err(self.not_introspected(token)),
        }
        let mut claims = Claims::read(&members, &self.scope_classes);
        if !members.contains_key("iss") {
            claims.iss = Some(issuer);
        }
        if claims.iss.is_some_and(|named| named != issuer) {
            // Of another issuer's token this one can't speak.
            return Err(self.untrusted(token, Step::Claims, Reason::BadIssuer));
        }
        let checked = claims::check_content(&claims, &self.policy, now.as_seconds());
        let signed = SignedToken::pack(&header(token), claims, answer, self.fingerprint(token));
        if let Err(reason) = checked {
            let shown = Shown::Signed(signed);
            let rejection = Rejection::new(parsed(), Step::Claims, reason, shown);
            return Err(rejection.with_cache(CacheUse::Miss));
        }
        Ok(Verified {
            token: Arc::new(VerifiedToken::new(signed)),
            cache: CacheUse::Miss,
            steps: introspected(),
        })
    }

    /// Judges a token that [`introspected`](Self::introspected) gave before, by what can have
    /// changed since: the times.
    ///
    /// # Errors
    /// When it has expired.
    pub fn introspected_before(
        &self,
        token: Arc<VerifiedToken>,
        now: Timestamp,
    ) -> Result<Verified, Box<Rejection>> {
        match claims::check_times(&token.times(), &self.policy, now.as_seconds()) {
            Ok(()) => Ok(Verified {
                token,
                cache: CacheUse::Hit,
                steps: introspected(),
            }),
            Err(reason) => {
                let shown = Shown::Cached(token);
                let rejection = Rejection::new(parsed(), Step::Claims, reason, shown);
                Err(rejection.with_cache(CacheUse::Hit))
            }
        }
    }

    /// The rejection of a token whose issuer did not answer, or not as RFC 7662 has it:
    /// `backend_unavailable`.
    #[must_use]
    pub fn not_introspected(&self, token: &str) -> Box<Rejection> {
        self.untrusted(token, Step::Revocation, Reason::BackendUnavailable)
    }

    /// The rejection of a token that is longer than any that is looked at.
    #[must_use]
    pub fn too_large(&self, token: &str) -> Option<Box<Rejection>> {
        let large = token.len() > self.policy.max_token_bytes;
        large.then(|| {
            let shown = self.shown(token);
            let (step, reason) = (Step::Parse, Reason::TokenTooLarge);
            Rejection::new(Steps::default(), step, reason, shown)
        })
    }

    /// Nobody vouches for what the token says of itself.
    fn untrusted(&self, token: &str, step: Step, reason: Reason) -> Box<Rejection> {
        let rejection = Rejection::new(parsed(), step, reason, self.shown(token));
        rejection.with_cache(CacheUse::Miss)
    }

    fn shown(&self, token: &str) -> Shown {
        let payload = Parts::split(token).and_then(|parts| parts.salvage().1);
        let payload = payload.as_deref().and_then(json::object);
        Shown::Unverified {
            header: header(token),
            claimed: payload.as_ref().map(Hearsay::read).unwrap_or_default(),
            fingerprint: self.fingerprint(token),
        }
    }
}

/// An opaque token has none.
fn header(token: &str) -> Header<'static> {
    let header = Parts::split(token).and_then(|parts| parts.salvage().0);
    let members = header.as_deref().and_then(json::object);
    let header = members.as_ref().map(Header::read).unwrap_or_default();
    header.into_owned()
}

/// What it is made of is the issuer's affair: it was one word.
fn parsed() -> Steps {
    let mut steps = Steps::default();
    steps.passed(Step::Parse);
    steps
}

fn introspected() -> Steps {
    let mut steps = parsed();
    steps.passed(Step::Claims);
    steps
}
