use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// Tells one run of the demo from the others that the same monitor has seen: it is in every
/// request id and every subject, and in the attackers' addresses. Alerts last for minutes, and
/// those of the last run must not answer for this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RunId(u32);

impl RunId {
    pub(crate) fn random() -> Self {
        let (high, _) = uuid::Uuid::new_v4().as_u64_pair();
        Self(u32::try_from(high >> 32).unwrap_or(0))
    }

    /// A subject's name in this run.
    pub(crate) fn subject(self, name: &str) -> String {
        format!("{name}-{self}")
    }

    /// The id of the run's `number`th request.
    pub(crate) fn request(self, number: u64) -> String {
        format!("demo-{self}-{number:06}")
    }

    /// The address of an attacker: a network of 64 bits of its own, from the range for
    /// documentation (2001:db8::/32, RFC 3849), another one each time the programme is played.
    pub(crate) fn attacker(self, round: u32, number: u8) -> Attacker {
        let [a, b, c, _] = self.0.wrapping_add(round << 8).to_be_bytes();
        let run = u16::from_be_bytes([a, b]);
        let place = u16::from_be_bytes([c, number]);
        let network = Ipv6Addr::new(0x2001, 0xdb8, run, place, 0, 0, 0, 0);
        Attacker {
            address: Ipv6Addr::from_bits(network.to_bits() | 0x17).into(),
            key: format!("{network}/64"),
        }
    }

    /// A seed for everything that varies between clients.
    pub(crate) fn seed(self) -> u64 {
        u64::from(self.0)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// Where an attacker sits, and how a rule that groups by address names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attacker {
    pub(crate) address: IpAddr,
    pub(crate) key: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attackers_of_two_runs_or_rounds_have_different_keys() {
        let mut seen = Vec::new();
        for (run, round) in [(0, 0), (0, 1), (0x0200_0000, 0), (u32::MAX, 0)] {
            for number in [0, 1, 255] {
                let attacker = RunId(run).attacker(round, number);
                assert!(attacker.key.starts_with("2001:db8:"), "{attacker:?}");
                assert!(!seen.contains(&attacker.key), "{attacker:?}");
                seen.push(attacker.key);
            }
        }
        let attacker = RunId(0x0102_0300).attacker(0, 4);
        assert_eq!(attacker.key, "2001:db8:102:304::/64");
        assert_eq!(attacker.address.to_string(), "2001:db8:102:304::17");
    }
}
