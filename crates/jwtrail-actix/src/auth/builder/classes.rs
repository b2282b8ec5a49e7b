use jwtrail_session::Limits;
use jwtrail_verify::Verifier;

use super::JwtAuthError;

/// A limit on a class that no token can be of would limit nobody.
pub(super) fn check(limits: &Limits, verifier: &Verifier) -> Result<(), JwtAuthError> {
    let defined = |name: &str| verifier.scope_classes().any(|class| class == name);
    match limits.scope_classes().find(|name| !defined(name)) {
        Some(name) => Err(JwtAuthError::ScopeClass {
            name: name.to_owned(),
        }),
        None => Ok(()),
    }
}
