use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;

use actix_web::HttpRequest;
use actix_web::dev::ResourceMap;
use actix_web::http::uri::PathAndQuery;

/// The pattern of a request's route, found when it is asked for.
pub(super) struct Route {
    pattern: OnceCell<String>,
    /// To find it if the request ends before it is known.
    unrouted: Option<(Rc<ResourceMap>, PathAndQuery)>,
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
        let path = request.uri().path_and_query();
        Self {
            pattern: OnceCell::new(),
            unrouted: path.map(|path| (Rc::clone(routes), path.clone())),
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
            let pattern = searched.and_then(|(routes, path)| routes.match_pattern(path.path()));
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
