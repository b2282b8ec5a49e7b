use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Which addresses the client may connect to.
#[derive(Debug, Default)]
pub(super) struct AddressPolicy {
    everything: bool,
    allowed: Vec<IpNet>,
}

impl AddressPolicy {
    pub(super) fn allow_all(&mut self) {
        self.everything = true;
    }

    pub(super) fn allow(&mut self, network: IpNet) {
        self.allowed.push(network);
    }

    pub(super) fn permits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.everything
            || self
                .allowed
                .iter()
                .any(|network| network.contains(&address))
            || is_public(address)
    }
}

/// The system's resolver, without the addresses that the policy forbids.
pub(super) struct PolicyResolver(pub(super) Arc<AddressPolicy>);

impl Resolve for PolicyResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = Arc::clone(&self.0);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let permitted: Vec<SocketAddr> = found
                .filter(|address| policy.permits(address.ip()))
                .filter(|address| is_fit(name.as_str(), address.ip()))
                .collect();
            if permitted.is_empty() {
                return Err(BlockedAddress {
                    host: name.as_str().to_owned(),
                }
                .into());
            }
            let addresses: Addrs = Box::new(permitted.into_iter());
            Ok(addresses)
        })
    }
}

/// What is sent to `localhost` needs no TLS, so it stays here whatever a resolver says (RFC 6761
/// section 6.3).
fn is_fit(name: &str, address: IpAddr) -> bool {
    name != LOCALHOST || address.to_canonical().is_loopback()
}

/// The name of this very machine.
pub(super) const LOCALHOST: &str = "localhost";

#[derive(Debug, thiserror::Error)]
#[error("`{host}` has no address that may be reached")]
pub(super) struct BlockedAddress {
    pub(super) host: String,
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Not in the special-purpose registry of RFC 6890 and its updates.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240)
}

/// Global unicast only, and nothing that carries a forbidden IPv4 address inside.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // NAT64 (RFC 6052) and 6to4 (RFC 3056) lead to the IPv4 address that they hold.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
        }
        // Teredo and the other protocol assignments, documentation.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [first, ..] => (0x2000..0x4000).contains(&first) && first != 0x3fff,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_not_permitted() {
        let policy = AddressPolicy::default();
        for address in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.3.4",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "192.0.0.8",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
        ] {
            assert!(!policy.permits(address.parse().unwrap()), "{address}");
        }
        for address in ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"] {
            assert!(policy.permits(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn an_allowed_network_is_permitted_and_no_other() {
        let mut policy = AddressPolicy::default();
        policy.allow("10.1.0.0/16".parse().unwrap());
        assert!(policy.permits("10.1.2.3".parse().unwrap()));
        assert!(policy.permits("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!policy.permits("10.2.0.1".parse().unwrap()));
    }

    #[test]
    fn localhost_is_this_machine_and_no_other() {
        for (name, address, fit) in [
            ("localhost", "127.0.0.1", true),
            ("localhost", "::1", true),
            ("localhost", "::ffff:127.0.0.1", true),
            ("localhost", "203.0.113.7", false),
            ("localhost", "10.0.0.1", false),
            ("a.example", "203.0.113.7", true),
        ] {
            let address = address.parse().unwrap();
            assert_eq!(is_fit(name, address), fit, "{name} {address}");
        }
    }
}
