mod algorithm;
mod audience;
mod authorization;
mod binding;
mod confusion;
mod good;
mod hostile_text;
mod issuer;
mod key;
mod malformed;
mod missing_claims;
mod scope;
mod signature;
mod state;
mod time;
mod token_type;
mod weak_secret;

use crate::Case;

/// Every case, by check, good ones first.
///
/// ```
/// use jwtrail_event::Reason;
/// let expired = jwtrail_forge::catalogue().filter(|c| c.expect.reason == Some(Reason::Expired));
/// assert!(expired.count() > 0);
/// ```
pub fn catalogue() -> impl Iterator<Item = &'static Case> {
    GROUPS.iter().flat_map(|group| group.iter())
}

/// The case with this id.
///
/// ```
/// assert!(jwtrail_forge::find("SIG-03/nOnE").is_some());
/// assert!(jwtrail_forge::find("no such case").is_none());
/// ```
#[must_use]
pub fn find(id: &str) -> Option<&'static Case> {
    catalogue().find(|case| case.id == id)
}

const GROUPS: &[&[Case]] = &[
    good::CASES,
    authorization::CASES,
    malformed::CASES,
    signature::CASES,
    algorithm::CASES,
    confusion::CASES,
    weak_secret::CASES,
    key::CASES,
    time::CASES,
    audience::CASES,
    issuer::CASES,
    token_type::CASES,
    missing_claims::CASES,
    scope::CASES,
    hostile_text::CASES,
    binding::CASES,
    state::CASES,
];
