use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr};

/// The key of an address: IPv4 as it is (also when mapped into IPv6), IPv6 by its /64, since
/// one host owns at least that. A pseudonym that stands in an address's place is its own key.
pub(crate) fn address_key(text: &str) -> Cow<'_, str> {
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => Cow::Borrowed(text),
        Ok(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(v4) => Cow::Owned(v4.to_string()),
            None => Cow::Owned(network(address)),
        },
        Err(_) => Cow::Borrowed(text),
    }
}

fn network(address: Ipv6Addr) -> String {
    let network = Ipv6Addr::from_bits(address.to_bits() & HOST_BITS_OFF);
    format!("{network}/64")
}

/// The network that an address is moved about in: the /24 of IPv4, the /48 of IPv6. A pseudonym
/// is a network of its own.
pub(crate) fn network_of(text: &str) -> String {
    match text.parse() {
        // There is one way to write an address of IPv4, so its network need not be written anew.
        Ok(IpAddr::V4(_)) => {
            let first_three = text.rsplit_once('.').map_or(text, |(network, _)| network);
            [first_three, ".0/24"].concat()
        }
        Ok(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(v4) => network_of(&v4.to_string()),
            None => {
                let site = Ipv6Addr::from_bits(address.to_bits() & SITE_ONLY);
                format!("{site}/48")
            }
        },
        Err(_) => text.to_owned(),
    }
}

const HOST_BITS_OFF: u128 = !0 << 64;
const SITE_ONLY: u128 = !0 << 80;

#[cfg(test)]
mod tests {
    use super::{address_key, network_of};

    #[test]
    fn ipv6_counts_by_its_64() {
        assert_eq!(address_key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(address_key("2001:db8:1:2::9"), "2001:db8:1:2::/64");
        assert_ne!(address_key("2001:db8:1:3::9"), "2001:db8:1:2::/64");
    }

    #[test]
    fn ipv4_counts_alone_mapped_or_not() {
        assert_eq!(address_key("192.0.2.1"), "192.0.2.1");
        assert_eq!(address_key("::ffff:192.0.2.1"), "192.0.2.1");
    }

    #[test]
    fn networks_are_24_and_48() {
        assert_eq!(network_of("192.0.2.77"), "192.0.2.0/24");
        assert_eq!(network_of("::ffff:192.0.2.77"), "192.0.2.0/24");
        assert_eq!(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
        assert_eq!(network_of("p:9f2c"), "p:9f2c");
        // No other way to write an address of IPv4 is one: its network would have a second name.
        for text in ["192.000.002.77", "192.0.2", "0xc0.0.2.77", "192.0.2.77 "] {
            assert_eq!(network_of(text), text);
        }
    }

    #[test]
    fn a_pseudonym_is_its_own_key() {
        assert_eq!(address_key("p:9f2c"), "p:9f2c");
    }
}
