use actix_web::HttpMessage as _;
use actix_web::dev::{Extensions, ServiceRequest};
use actix_web::http::Method;
use actix_web::http::header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};

use super::answer::Realm;
use super::policy::Policy;
use super::source::Credentials;

impl Policy {
    /// Whether the request is a preflight that this policy lets through.
    pub(super) fn passes_preflight(&self, request: &ServiceRequest) -> bool {
        self.pass_preflights && is_preflight(request) && {
            let credentials = self.source.credentials(request.headers());
            credentials == Credentials::Absent
        }
    }
}

/// Notes for extractors that the route is protected, and that a preflight got through.
pub(super) fn mark(request: &ServiceRequest, realm: &Realm) {
    request.extensions_mut().insert(Preflight(realm.clone()));
}

/// The realm of the protection that let a preflight through, if the request is one.
pub(super) fn realm(extensions: &Extensions) -> Option<Realm> {
    extensions
        .get::<Preflight>()
        .map(|preflight| preflight.0.clone())
}

/// What a browser asks before it sends a request across origins (Fetch Standard, "CORS-preflight
/// fetch"). It never carries credentials.
fn is_preflight(request: &ServiceRequest) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

struct Preflight(Realm);
