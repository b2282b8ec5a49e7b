use std::cell::{OnceCell, RefCell};
use std::fmt;
use std::rc::Rc;

use actix_web::HttpRequest;
use actix_web::dev::ResourceMap;
use actix_web::http::uri::PathAndQuery;

/// The pattern of a request's route, found when it is asked for.
pub(super) struct Route {
    pattern: OnceCell<Rc<str>>,
    /// To find it if the request ends before it is known.
    unrouted: Option<(Rc<Routes>, PathAndQuery)>,
}

/// The routes of a service, for one worker.
pub(crate) struct Routes {
    map: ResourceMap,
    /// Patterns that have no variable part, some of those that were seen last: each by its path,
    /// which is the same text.
    fixed: RefCell<[Option<Rc<str>>; SLOTS]>,
}

impl Route {
    pub(super) fn of(request: &HttpRequest) -> Self {
        Self {
            pattern: OnceCell::from(pattern_of(request)),
            unrouted: None,
        }
    }

    pub(super) fn to_be_found(request: &HttpRequest, routes: &Rc<Routes>) -> Self {
        let path = request.uri().path_and_query();
        Self {
            pattern: OnceCell::new(),
            unrouted: path.map(|path| (Rc::clone(routes), path.clone())),
        }
    }

    pub(super) fn routed(&self, request: &HttpRequest) {
        self.pattern.get_or_init(|| match &self.unrouted {
            Some((routes, _)) => routes.pattern_of(request),
            None => pattern_of(request),
        });
    }

    /// Before routing it costs a search.
    pub(super) fn pattern(&self) -> &str {
        self.pattern.get_or_init(|| {
            let searched = self.unrouted.as_ref();
            let pattern = searched.and_then(|(routes, path)| routes.map.match_pattern(path.path()));
            pattern.map_or_else(|| UNMATCHED.into(), Rc::from)
        })
    }
}

impl Routes {
    pub(crate) fn new(map: ResourceMap) -> Self {
        Self {
            map,
            fixed: RefCell::default(),
        }
    }

    /// The pattern that a request was routed by. Where nothing in it is variable and its path is
    /// a pattern, it is that one.
    fn pattern_of(&self, request: &HttpRequest) -> Rc<str> {
        let path = request.path();
        let slot = usize::from(path.len().to_le_bytes()[0]) % SLOTS;
        let is_fixed = request.match_info().is_empty();
        if is_fixed
            && let Some(Some(known)) = self.fixed.borrow().get(slot)
            && **known == *path
        {
            return Rc::clone(known);
        }
        let pattern = pattern_of(request);
        if is_fixed
            && *pattern == *path
            && let Some(place) = self.fixed.borrow_mut().get_mut(slot)
        {
            *place = Some(Rc::clone(&pattern));
        }
        pattern
    }
}

fn pattern_of(request: &HttpRequest) -> Rc<str> {
    let pattern = request.match_pattern();
    pattern.map_or_else(|| UNMATCHED.into(), Rc::from)
}

/// The path and the query may hold secrets.
impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Route").field(&self.pattern).finish()
    }
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routes").finish_non_exhaustive()
    }
}

/// The path is not recorded in its place: it may hold a secret.
const UNMATCHED: &str = "(unmatched)";
/// How many fixed patterns are remembered, each in the place of its length.
const SLOTS: usize = 16;

#[cfg(test)]
mod tests {
    use actix_web::dev::Service as _;
    use actix_web::http::Method;
    use actix_web::test::{TestRequest, call_and_read_body, init_service};
    use actix_web::{App, HttpResponse, guard, web};

    use super::*;

    #[actix_web::test]
    async fn a_path_that_is_remembered_has_the_pattern_that_it_was_routed_by() {
        let routes: Rc<OnceCell<Routes>> = Rc::default();
        let app = App::new()
            .wrap_fn(move |request, service| {
                let routes = Rc::clone(&routes);
                let map = request.resource_map().clone();
                routes.get_or_init(|| Routes::new(map));
                let answered = service.call(request);
                async move {
                    let answer = answered.await?;
                    let pattern = routes.get().unwrap().pattern_of(answer.request());
                    Ok(answer.map_body(|_, _| pattern.to_string()))
                }
            })
            .service(
                web::resource("/orders")
                    .guard(guard::Get())
                    .to(HttpResponse::Ok),
            )
            .service(web::resource("/{name}").to(HttpResponse::Ok));
        let app = init_service(app).await;
        for (method, path, pattern) in [
            (Method::GET, "/orders", "/orders"),
            (Method::POST, "/orders", "/{name}"),
            (Method::GET, "/orders", "/orders"),
            (Method::GET, "/people", "/{name}"),
            (Method::GET, "/some/where", "(unmatched)"),
        ] {
            let request = TestRequest::with_uri(path).method(method);
            let body = call_and_read_body(&app, request.to_request()).await;
            assert_eq!(body, pattern, "{path}");
        }
    }
}
