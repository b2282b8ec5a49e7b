use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName};
use ipnet::IpNet;
use jwtrail_event::Hop;

/// Which header the trusted proxies write.
///
/// ```
/// use jwtrail_actix::{ForwardedHeader, JwtAuthBuilder};
///
/// fn behind_a_proxy(auth: JwtAuthBuilder, proxy: ipnet::IpNet) -> JwtAuthBuilder {
///     auth.trusted_proxies([proxy]).forwarded_header(ForwardedHeader::Forwarded)
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// Who is believed about a client's address.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClientAddresses {
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) internal_networks: Vec<IpNet>,
    pub(crate) header: ForwardedHeader,
}

/// Where a request came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientAddress {
    pub(crate) client: IpAddr,
    pub(crate) peer: IpAddr,
    pub(crate) hop: Hop,
}

impl ClientAddresses {
    pub(crate) fn of(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> ClientAddress {
        // A Unix socket has no address.
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| {
            peer.ip().to_canonical()
        });
        let client = self.client(peer, headers);
        let hop = if contains(&self.internal_networks, client) {
            Hop::Internal
        } else {
            Hop::Edge
        };
        ClientAddress { client, peer, hop }
    }

    /// Whether what the other end of the connection says of its client counts.
    pub(crate) fn is_from_proxy(&self, peer: Option<SocketAddr>) -> bool {
        peer.is_some_and(|peer| contains(&self.trusted_proxies, peer.ip().to_canonical()))
    }

    /// Walks from the connection's end towards the client, as far as each hop is trusted.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer;
        if !contains(&self.trusted_proxies, client) {
            return client;
        }
        let (name, address_of): (HeaderName, fn(&str) -> Option<IpAddr>) = match self.header {
            ForwardedHeader::XForwardedFor => (HeaderName::from_static("x-forwarded-for"), address),
            ForwardedHeader::Forwarded => (FORWARDED, forwarded_for),
        };
        let values: Vec<_> = headers.get_all(name).collect();
        let hops = values
            .iter()
            .rev()
            .flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b','))
            .take(MAX_HOPS);
        for hop in hops {
            // What a trusted proxy did not write as an address says nothing of what is before.
            let Some(next) = std::str::from_utf8(hop).ok().and_then(address_of) else {
                return client;
            };
            client = next;
            if !contains(&self.trusted_proxies, client) {
                return client;
            }
        }
        client
    }
}

fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// An address, maybe with a port and brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = bare
        .unwrap_or(text)
        .parse()
        .ok()
        .or_else(|| text.parse().ok().map(|socket: SocketAddr| socket.ip()))?;
    Some(address.to_canonical())
}

/// The `for` parameter of one element of `Forwarded`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let is_for = name.trim().eq_ignore_ascii_case("for");
        is_for.then(|| address(value.trim().trim_matches('"')))?
    })
}

const MAX_HOPS: usize = 32;

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn addresses(header: ForwardedHeader) -> ClientAddresses {
        ClientAddresses {
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
            internal_networks: vec!["192.168.0.0/16".parse().unwrap()],
            header,
        }
    }

    fn resolve(header: ForwardedHeader, peer: &str, values: &[&str]) -> ClientAddress {
        let name = match header {
            ForwardedHeader::XForwardedFor => "x-forwarded-for",
            ForwardedHeader::Forwarded => "forwarded",
        };
        let mut headers = HeaderMap::new();
        for value in values {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            headers.append(HeaderName::from_static(name), value);
        }
        let peer = SocketAddr::new(peer.parse().unwrap(), 4711);
        addresses(header).of(Some(peer), &headers)
    }

    #[test]
    fn the_rightmost_untrusted_address_is_the_client() {
        for (peer, values, client) in [
            (PROXY, &["203.0.113.9"][..], "203.0.113.9"),
            (PROXY, &["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
            (
                PROXY,
                &["198.51.100.1", "203.0.113.9, 10.0.0.7"],
                "203.0.113.9",
            ),
            (PROXY, &["203.0.113.9:1234"], "203.0.113.9"),
            (PROXY, &["[2001:db8::7]:1234"], "2001:db8::7"),
            (PROXY, &["2001:db8::7"], "2001:db8::7"),
            (PROXY, &["::ffff:203.0.113.9"], "203.0.113.9"),
            (PROXY, &[], PROXY),
            (PROXY, &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            (PROXY, &["203.0.113.9, unknown, 10.0.0.2"], "10.0.0.2"),
            (PROXY, &["\u{fffd}"], PROXY),
            ("203.0.113.5", &["198.51.100.1"], "203.0.113.5"),
        ] {
            let found = resolve(ForwardedHeader::XForwardedFor, peer, values);
            assert_eq!(found.client.to_string(), client, "{peer} {values:?}");
            assert_eq!(found.peer.to_string(), peer);
        }
    }

    #[test]
    fn forwarded_is_read_where_it_is_configured() {
        for (values, client) in [
            (&["for=203.0.113.9;proto=https"][..], "203.0.113.9"),
            (&["proto=https;For=\"[2001:db8::7]:4711\""], "2001:db8::7"),
            (
                &["for=198.51.100.1, for=203.0.113.9", "for=10.0.0.4"],
                "203.0.113.9",
            ),
            (&["for=_hidden"], PROXY),
        ] {
            let found = resolve(ForwardedHeader::Forwarded, PROXY, values);
            assert_eq!(found.client.to_string(), client, "{values:?}");
        }
    }

    #[test]
    fn the_hop_is_judged_on_the_client_and_not_on_the_proxy() {
        let hop = |value| resolve(ForwardedHeader::XForwardedFor, PROXY, &[value]).hop;
        assert_eq!(hop("192.168.4.4"), Hop::Internal);
        assert_eq!(hop("203.0.113.9"), Hop::Edge);
    }

    proptest::proptest! {
        /// Without a trusted proxy in between, no header moves the address.
        #[test]
        fn no_header_speaks_for_an_untrusted_peer(value: Vec<u8>, forwarded: bool) {
            let header = if forwarded {
                ForwardedHeader::Forwarded
            } else {
                ForwardedHeader::XForwardedFor
            };
            let mut headers = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                headers.append(HeaderName::from_static("x-forwarded-for"), value.clone());
                headers.append(HeaderName::from_static("forwarded"), value);
            }
            let peer = |address: &str| Some(SocketAddr::new(address.parse().unwrap(), 1));
            let found = addresses(header).of(peer("203.0.113.5"), &headers);
            proptest::prop_assert_eq!(found.client.to_string(), "203.0.113.5");
            // And from a trusted one, none does harm.
            addresses(header).of(peer(PROXY), &headers);
        }
    }
}
