use std::net::{Ipv4Addr, Ipv6Addr};

use super::names::push_number;
use super::random::mix;

/// An address, IPv4 as it is mapped into IPv6. All are of ranges that no machine has: for
/// documentation (RFC 5737, 3849), for benchmarks (RFC 2544), private, or reserved (240/4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Address(u128);

impl Address {
    pub(super) const fn v4(a: u8, b: u8, c: u8, d: u8) -> Self {
        Self(Ipv4Addr::new(a, b, c, d).to_ipv6_mapped().to_bits())
    }

    /// A host of a network that begins with `a` and `b`.
    pub(super) const fn host(a: u8, b: u8, number: u64) -> Self {
        Self::v4(a, b, (number >> 8) as u8, (number % 256) as u8)
    }

    /// The address at somebody's home, their own.
    pub(super) const fn home(person: u64) -> Self {
        Self::v4(
            241,
            (person >> 16) as u8,
            (person >> 8) as u8,
            (person % 256) as u8,
        )
    }

    /// Where an office's machines come from, all of them.
    pub(super) const fn office(number: u64) -> Self {
        Self::v4(198, 51, 100, (number % 254 + 1) as u8)
    }

    /// One of the few addresses behind which a carrier puts its phones.
    pub(super) const fn carrier(number: u64) -> Self {
        Self::v4(203, 0, 113, (number % 48 + 1) as u8)
    }

    /// A phone's IPv6 address: the carrier's region is its /48, each hand-over a new /64.
    pub(super) const fn roaming(region: u64, phone: u64, handover: u64) -> Self {
        let network = 0x2001_0db8_0000_0000 | ((0x0c00 + region % 64) << 16);
        let network = network | (mix(phone ^ (handover << 40)) & 0xffff);
        Self(((network as u128) << 64) | mix(phone.wrapping_add(handover)) as u128)
    }

    /// A relay's egress: one of the networks of its region.
    pub(super) const fn relay(network: u64, host: u64) -> Self {
        Self::host(198, 18, ((network % 256) << 8) | (host % 254 + 1))
    }

    pub(super) const fn scanner(number: u64) -> Self {
        Self::host(198, 19, number)
    }

    pub(super) const fn data_centre(machine: u64) -> Self {
        Self::host(242, 10, machine)
    }

    /// An attacker's: each injection has networks of its own.
    pub(super) const fn attacker(injection: u64, network: u64) -> Self {
        Self::v4(
            245,
            (injection % 256) as u8,
            (network % 256) as u8,
            ((injection >> 8) % 200 + 7) as u8,
        )
    }

    /// An attacker's, in a /64 of the injection's.
    pub(super) const fn attacker_v6(injection: u64, host: u64) -> Self {
        let network = 0x3fff_0000_0000_0000 | ((injection & 0xffff) << 24);
        Self(((network as u128) << 64) | mix(host) as u128)
    }

    pub(super) const fn internal(number: u64) -> Self {
        Self::v4(10, 1, 0, (number % 250 + 1) as u8)
    }

    /// Writes the address in its usual form.
    pub(super) fn write(self, text: &mut String) {
        text.clear();
        let Some(octets) = self.octets() else {
            text.push_str(&Ipv6Addr::from_bits(self.0).to_string());
            return;
        };
        for (index, octet) in octets.into_iter().enumerate() {
            if index > 0 {
                text.push('.');
            }
            push_number(octet.into(), text);
        }
    }

    fn octets(self) -> Option<[u8; 4]> {
        Ipv6Addr::from_bits(self.0)
            .to_ipv4_mapped()
            .map(|address| address.octets())
    }

    pub(super) const fn bits(self) -> u128 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn addresses_are_written_as_usual() {
        let text = |address: Address| {
            let mut text = String::from("before");
            address.write(&mut text);
            text
        };
        assert_eq!(text(Address::v4(198, 51, 100, 7)), "198.51.100.7");
        assert_eq!(text(Address::home(66_051)), "241.1.2.3");
        let phone = text(Address::roaming(1, 2, 3));
        assert!(phone.starts_with("2001:db8:c01:"), "{phone}");
        assert!(text(Address::attacker_v6(0x0102, 1)).starts_with("3fff:1:200:0:"));
    }
}
