use super::{Claims, Reason, Times};
use crate::policy::{Audience, Policy};

/// The claims step. The first of these that fails is the reason:
///
/// 1. `typ` is another: `wrong_type`;
/// 2. a claim has the wrong type: `bad_claim_type`;
/// 3. `exp`, `iss`, `sub` or, unless any audience is taken, `aud` is absent: `missing_claim`;
/// 4. `aud` names somebody else: `bad_audience`;
/// 5. `exp` is past: `expired`;
/// 6. `nbf` is in the future: `not_yet_valid`;
/// 7. `iat` is in the future: `issued_in_future`;
/// 8. from `iat`, or from now, to `exp` is too long: `lifetime_too_long`.
///
/// That a string `iss` is the key's issuer was seen when the key was chosen. What the token is
/// comes first, when it holds last: an id token that has expired is foremost no access token.
pub(crate) fn check(
    claims: &Claims<'_>,
    typ: Typ<'_>,
    policy: &Policy,
    now: i64,
) -> Result<(), Reason> {
    let expected = match typ {
        Typ::Absent => policy.profile.expects(None),
        Typ::Text(text) => policy.profile.expects(Some(text)),
        Typ::NoText => false,
    };
    if !expected {
        return Err(Reason::WrongType);
    }
    check_content(claims, policy, now)
}

/// Everything but `typ`: 2 to 8.
pub(crate) fn check_content(claims: &Claims<'_>, policy: &Policy, now: i64) -> Result<(), Reason> {
    if claims.ill_typed {
        return Err(Reason::BadClaimType);
    }
    let named = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
    if claims.times.exp.is_none() || !named(claims.iss) || !named(claims.sub) {
        return Err(Reason::MissingClaim);
    }
    match (&claims.aud, &policy.audience) {
        (None, Audience::OneOf(_)) => return Err(Reason::MissingClaim),
        (Some(aud), audience) if !audience.accepts(aud) => return Err(Reason::BadAudience),
        _ => {}
    }
    check_times(&claims.times, policy, now)
}

/// The part that changes with time, forwards or back: 5 to 8.
pub(crate) fn check_times(times: &Times, policy: &Policy, now: i64) -> Result<(), Reason> {
    let Some(exp) = times.exp else {
        return Err(Reason::MissingClaim);
    };
    if now >= exp.saturating_add(policy.leeway) {
        return Err(Reason::Expired);
    }
    let latest = now.saturating_add(policy.leeway);
    if times.nbf.is_some_and(|nbf| nbf > latest) {
        return Err(Reason::NotYetValid);
    }
    if times.iat.is_some_and(|iat| iat > latest) {
        return Err(Reason::IssuedInFuture);
    }
    let lifetime = exp.saturating_sub(times.iat.unwrap_or(now));
    if policy.max_lifetime.is_some_and(|most| lifetime > most) {
        return Err(Reason::LifetimeTooLong);
    }
    Ok(())
}

/// `typ` as the header has it.
#[derive(Clone, Copy)]
pub(crate) enum Typ<'a> {
    Absent,
    Text(&'a str),
    /// Something else than a string stands there.
    NoText,
}
