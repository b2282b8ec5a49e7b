use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;

use actix_web::HttpRequest;
use actix_web::dev::ResourceMap;
use actix_web::http::Uri;

/// The pattern of a request's route, found when it is asked for.
pub(super) struct Route {
    pattern: OnceCell<String>,
    /// To find it if the request ends before it is known.
    unrouted: Option<(Rc<ResourceMap>, Uri)>,
}

impl Route {
    pub(super) fn of(request: &HttpRequest) -> Self {
        let route = Self {
            pattern: OnceCell::new(),
            unrouted: None,
        };
        route.routed(request);
        route
    }

    pub(super) fn to_be_found(request: &HttpRequest, routes: &Rc<ResourceMap>) -> Self {
        Self {
            pattern: OnceCell::new(),
            unrouted: Some((Rc::clone(routes), request.uri().clone())),
        }
    }

    pub(super) fn routed(&self, request: &HttpRequest) {
        self.pattern.get_or_init(|| {
            let pattern = request.match_pattern();
            pattern.unwrap_or_else(|| UNMATCHED.to_owned())
        });
    }

    /// Before routing it costs a search.
    pub(super) fn pattern(&self) -> &str {
        self.pattern.get_or_init(|| {
            let searched = self.unrouted.as_ref();
            let pattern = searched.and_then(|(routes, uri)| routes.match_pattern(uri.path()));
            pattern.unwrap_or_else(|| UNMATCHED.to_owned())
        })
    }
}

/// The path and the query may hold secrets.
impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Route").field(&self.pattern).finish()
    }
}

/// The path is not recorded in its place: it may hold a secret.
const UNMATCHED: &str = "(unmatched)";
