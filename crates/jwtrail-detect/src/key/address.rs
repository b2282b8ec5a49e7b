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

const HOST_BITS_OFF: u128 = !0 << 64;

#[cfg(test)]
mod tests {
    use super::address_key;

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
    fn a_pseudonym_is_its_own_key() {
        assert_eq!(address_key("p:9f2c"), "p:9f2c");
    }
}
