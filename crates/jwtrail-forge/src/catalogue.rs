mod algorithm;
mod audience;
mod authorization;
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
pub fn catalogue() -> impl Iterator<Item = &'static Case> {
    GROUPS.iter().flat_map(|group| group.iter())
}

/// The case with this id.
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
    state::CASES,
];
