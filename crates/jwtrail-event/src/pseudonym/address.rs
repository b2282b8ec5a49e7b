use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::key::Key;

/// Another host of the same network, one for one: the /24 of IPv4 and the /48 of IPv6 stay, and
/// addresses that share more of their first bits do so afterwards, as hosts of one /64.
pub(super) fn within_its_network(key: &Key, address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mut octets = address.octets();
            disguise(key, &mut octets, 3);
            Ipv4Addr::from(octets).into()
        }
        IpAddr::V6(address) => {
            let mut octets = address.octets();
            disguise(key, &mut octets, 6);
            Ipv6Addr::from(octets).into()
        }
    }
}

/// Changes the octets from `kept` on, each by a permutation that depends on all before it.
fn disguise(key: &Key, octets: &mut [u8], kept: usize) {
    let original = octets.to_vec();
    for (at, octet) in octets.iter_mut().enumerate().skip(kept) {
        let before = original.get(..at).unwrap_or_default();
        let tag = key.tag(b"host\0", before);
        *octet = permuted(*octet, tag.as_ref());
    }
}

/// An octet by a tree of eight levels: at each the bits so far choose one bit of the tag, which
/// turns the next bit or leaves it. A tag of 256 bits has one for each of the 255 places.
fn permuted(octet: u8, tag: &[u8]) -> u8 {
    let mut place: usize = 1;
    let mut turned = 0;
    for level in (0..8).rev() {
        let bit = octet >> level & 1;
        let byte = tag.get(place / 8).copied().unwrap_or_default();
        turned = turned << 1 | (bit ^ (byte >> (place % 8) & 1));
        place = place << 1 | usize::from(bit);
    }
    turned
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn key() -> Key {
        Key::new("k", &[7; 32]).unwrap()
    }

    #[test]
    fn each_host_of_a_network_becomes_another_one_of_it() {
        let hosts: BTreeSet<IpAddr> = (0..=255)
            .map(|host| within_its_network(&key(), Ipv4Addr::new(10, 1, 2, host).into()))
            .collect();
        assert_eq!(hosts.len(), 256);
        let inside = |address: &IpAddr| address.to_string().starts_with("10.1.2.");
        assert!(hosts.iter().all(inside));
        let moved = (0..=255).filter(|host| {
            let address = IpAddr::from(Ipv4Addr::new(10, 1, 2, *host));
            within_its_network(&key(), address) != address
        });
        assert!(moved.count() > 200);
    }

    #[test]
    fn networks_are_disguised_differently() {
        let last =
            |network: u8| match within_its_network(&key(), Ipv4Addr::new(10, 1, network, 1).into())
            {
                IpAddr::V4(address) => address.octets()[3],
                IpAddr::V6(_) => unreachable!(),
            };
        let hosts: BTreeSet<u8> = (0..=255).map(last).collect();
        assert!(hosts.len() > 100);
    }

    proptest::proptest! {
        #[test]
        fn addresses_share_as_many_first_bits_as_before(
            one: u128, same in 48_u32..=128, other: u128,
        ) {
            let mask = u128::MAX.checked_shl(128 - same).unwrap_or(0);
            let other = one & mask | other & !mask;
            let disguised = |bits| match within_its_network(&key(), Ipv6Addr::from_bits(bits).into()) {
                IpAddr::V6(address) => address.to_bits(),
                IpAddr::V4(_) => unreachable!(),
            };
            let shared = |a: u128, b: u128| (a ^ b).leading_zeros();
            let (a, b) = (disguised(one), disguised(other));
            proptest::prop_assert_eq!(shared(a, b), shared(one, other));
            proptest::prop_assert!(shared(a, one) >= 48);
        }
    }
}
