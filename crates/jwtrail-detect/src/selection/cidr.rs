use std::net::IpAddr;

/// A network: the addresses that share their first bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cidr {
    bits: u128,
    mask: u128,
    v4: bool,
}

impl Cidr {
    /// Reads `192.0.2.0/24` or `2001:db8::/32`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let length: u32 = length.parse().ok()?;
        let (bits, v4) = bits(address.parse().ok()?);
        let width: u32 = if v4 { 32 } else { 128 };
        let host = width.checked_sub(length)?;
        let mask = u128::MAX.checked_shl(host).unwrap_or(0);
        Some(Self {
            bits: bits & mask,
            mask,
            v4,
        })
    }

    pub(crate) fn contains(&self, address: &str) -> bool {
        let Ok(address) = address.parse() else {
            return false;
        };
        let (bits, v4) = bits(address);
        v4 == self.v4 && bits & self.mask == self.bits
    }
}

fn bits(address: IpAddr) -> (u128, bool) {
    match address.to_canonical() {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), true),
        IpAddr::V6(v6) => (v6.to_bits(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::Cidr;

    #[test]
    fn an_address_lies_in_its_network() {
        let lies = |network: &str, address| Cidr::parse(network).unwrap().contains(address);
        assert!(lies("192.0.2.0/24", "192.0.2.77"));
        assert!(lies("192.0.2.0/24", "::ffff:192.0.2.77"));
        assert!(!lies("192.0.2.0/24", "192.0.3.1"));
        assert!(!lies("192.0.2.0/24", "2001:db8::1"));
        assert!(lies("2001:db8::/32", "2001:db8:1::1"));
        assert!(lies("0.0.0.0/0", "198.51.100.1"));
        assert!(lies("192.0.2.1/32", "192.0.2.1"));
        assert!(!lies("192.0.2.0/24", "p:9f2c"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "",
            "192.0.2.0",
            "192.0.2.0/33",
            "2001:db8::/129",
            "x/8",
            "192.0.2.0/-1",
        ] {
            assert_eq!(Cidr::parse(text), None, "{text}");
        }
    }
}
