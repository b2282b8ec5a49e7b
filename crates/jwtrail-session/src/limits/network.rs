use std::net::{IpAddr, Ipv4Addr};

/// Where a client sits. An IPv6 address counts by its /64: that is what one customer is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    V4(Ipv4Addr),
    /// The upper half of the address.
    V6(u64),
}

impl Network {
    pub(super) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6((u128::from(address) >> 64) as u64),
        }
    }
}
