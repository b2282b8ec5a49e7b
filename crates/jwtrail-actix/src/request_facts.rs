mod address_text;

use std::cell::OnceCell;
use std::net::IpAddr;
use std::rc::Rc;

use actix_web::dev::{Extensions, ResourceMap};
use actix_web::http::Method;
use actix_web::http::header::{HeaderValue, ORIGIN, USER_AGENT};
use actix_web::{HttpMessage as _, HttpRequest};
use jwtrail_event::Text;
use jwtrail_event::events;

use crate::Correlation;
use crate::auth::Decision;
use crate::client_address::{ClientAddress, ClientAddresses};
use address_text::AddressText;

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
    route: OnceCell<String>,
    /// To find the route if the request ends before it is known.
    unrouted: Option<(Rc<ResourceMap>, String)>,
}

impl RequestFacts {
    /// The facts of a request that has been routed, the same for everybody who asks.
    pub(crate) fn known(request: &HttpRequest, addresses: &ClientAddresses) -> Rc<Self> {
        let facts = Self::kept(request, addresses, None);
        facts.routed(request);
        let mut extensions = request.extensions_mut();
        if Self::found(&extensions).is_none() {
            extensions.insert(Known(Rc::clone(&facts)));
        }
        facts
    }

    /// The facts of a request that is still to be routed. The decision about it keeps them.
    pub(crate) fn before_routing(
        request: &HttpRequest,
        addresses: &ClientAddresses,
        routes: &Rc<ResourceMap>,
    ) -> Rc<Self> {
        Self::kept(request, addresses, Some(routes))
    }

    /// Takes the route over, which now costs no search.
    pub(crate) fn routed(&self, request: &HttpRequest) {
        self.route.get_or_init(|| {
            let pattern = request.match_pattern();
            pattern.unwrap_or_else(|| UNMATCHED.to_owned())
        });
    }

    fn kept(
        request: &HttpRequest,
        addresses: &ClientAddresses,
        routes: Option<&Rc<ResourceMap>>,
    ) -> Rc<Self> {
        if let Some(known) = Self::found(&request.extensions()) {
            return known;
        }
        let mut facts = Self::of(request, addresses);
        facts.unrouted = routes.map(|routes| (Rc::clone(routes), request.path().to_owned()));
        Rc::new(facts)
    }

    /// The facts, if somebody asked before.
    pub(crate) fn found(extensions: &Extensions) -> Option<Rc<Self>> {
        let decision = Decision::of(extensions);
        decision
            .map(|decision| decision.shared_facts())
            .or_else(|| {
                let known = extensions.get::<Known>();
                known.map(|known| Rc::clone(&known.0))
            })
    }

    fn of(request: &HttpRequest, addresses: &ClientAddresses) -> Self {
        let headers = request.headers();
        let address = addresses.of(request.peer_addr(), headers);
        let made = request.extensions().get::<Correlation>().cloned();
        Self {
            correlation: made.unwrap_or_else(|| Correlation::of(headers, address.hop)),
            address,
            user_agent: headers.get(USER_AGENT).cloned(),
            origin: headers.get(ORIGIN).cloned(),
            method: request.method().clone(),
            route: OnceCell::new(),
            unrouted: None,
        }
    }

    /// The client's address, through trusted proxies only.
    pub(crate) fn client_address(&self) -> IpAddr {
        self.address.client
    }

    /// Runs with the request as an event carries it.
    pub(crate) fn with_event<R>(&self, write: impl FnOnce(&events::Request<'_>) -> R) -> R {
        let client = AddressText::of(self.address.client);
        let client = Text::from_bytes(client.as_bytes());
        let peer =
            (self.address.peer != self.address.client).then(|| AddressText::of(self.address.peer));
        let peer = peer.as_ref().map(|peer| Text::from_bytes(peer.as_bytes()));
        write(&events::Request {
            correlation: self.correlation.event(),
            peer_ip: peer.unwrap_or_else(|| client.clone()),
            client_ip: client,
            hop: self.address.hop,
            user_agent: self.user_agent.as_ref().map(text),
            origin: self.origin.as_ref().map(text),
            method: Text::from(self.method.as_str()),
            route: Text::from(self.route()),
        })
    }

    /// The route's pattern. Before routing it costs a search.
    pub(crate) fn route(&self) -> &str {
        self.route.get_or_init(|| {
            let searched = self.unrouted.as_ref();
            let pattern = searched.and_then(|(routes, path)| routes.match_pattern(path));
            pattern.unwrap_or_else(|| UNMATCHED.to_owned())
        })
    }
}

/// The extension's type.
struct Known(Rc<RequestFacts>);

fn text(value: &HeaderValue) -> Text<'_> {
    Text::from_bytes(value.as_bytes())
}

/// The path is not recorded in its place: it may hold a secret.
const UNMATCHED: &str = "(unmatched)";
