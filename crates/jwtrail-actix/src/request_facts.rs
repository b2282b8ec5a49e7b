mod known;
mod rare;
mod route;

use std::net::IpAddr;
use std::rc::Rc;

use actix_web::http::Method;
use actix_web::http::header::{HeaderValue, USER_AGENT};
use actix_web::{HttpMessage as _, HttpRequest};
use jwtrail_event::Text;
use jwtrail_event::events;

use crate::Correlation;
use crate::client_address::{ClientAddress, ClientAddresses};
pub(crate) use known::KnownFacts;
pub(crate) use rare::{REQUEST_ID, RareHeaders};
use route::Route;
pub(crate) use route::Routes;

/// What a record says of the request, kept until the request ends.
///
/// It holds no clone of the request: actix needs the only one to route.
#[derive(Debug)]
pub(crate) struct RequestFacts {
    pub(crate) correlation: Correlation,
    address: ClientAddress,
    user_agent: Option<HeaderValue>,
    origin: Option<HeaderValue>,
    method: Method,
    route: Route,
}

impl RequestFacts {
    /// The facts of a request that is still to be routed. The decision about it keeps them.
    pub(crate) fn before_routing(
        request: &HttpRequest,
        addresses: &ClientAddresses,
        routes: &Rc<Routes>,
    ) -> Self {
        Self::of(request, addresses, Route::to_be_found(request, routes))
    }

    /// Takes the route over, which now costs no search.
    pub(crate) fn routed(&self, request: &HttpRequest) {
        self.route.routed(request);
    }

    fn of(request: &HttpRequest, addresses: &ClientAddresses, route: Route) -> Self {
        let headers = request.headers();
        let address = addresses.of(request.peer_addr(), headers);
        let rare = RareHeaders::of(headers);
        let made = request.extensions().get::<Correlation>().cloned();
        Self {
            correlation: made.unwrap_or_else(|| Correlation::of(rare, address.hop)),
            address,
            user_agent: headers.get(USER_AGENT).cloned(),
            origin: rare.origin().cloned(),
            method: request.method().clone(),
            route,
        }
    }

    /// The client's address, through trusted proxies only.
    pub(crate) fn client_address(&self) -> IpAddr {
        self.address.client
    }

    /// Runs with the request as an event carries it.
    pub(crate) fn with_event<R>(&self, write: impl FnOnce(&events::Request<'_>) -> R) -> R {
        write(&events::Request {
            correlation: self.correlation.event(),
            peer_ip: self.address.peer,
            client_ip: self.address.client,
            hop: self.address.hop,
            user_agent: self.user_agent.as_ref().map(text),
            origin: self.origin.as_ref().map(text),
            method: Text::from_header(self.method.as_str().as_bytes()),
            route: Text::from(self.route()),
        })
    }

    /// The route's pattern. Before routing it costs a search.
    pub(crate) fn route(&self) -> &str {
        self.route.pattern()
    }
}

fn text(value: &HeaderValue) -> Text<'_> {
    Text::from_header(value.as_bytes())
}
