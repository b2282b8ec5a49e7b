use std::io::Write as _;
use std::net::IpAddr;

/// An address as text, without an allocation.
pub(super) struct AddressText {
    bytes: [u8; LONGEST],
    length: usize,
}

impl AddressText {
    pub(super) fn of(address: IpAddr) -> Self {
        let mut text = Self {
            bytes: [0; LONGEST],
            length: 0,
        };
        match address {
            IpAddr::V4(address) => {
                for octet in address.octets() {
                    text.push(octet);
                }
                // The dot after the last one.
                text.length = text.length.saturating_sub(1);
            }
            IpAddr::V6(address) => {
                let mut rest = &mut text.bytes[..];
                // It fits: the longest is 39 bytes.
                let written = write!(rest, "{address}").map(|()| rest.len());
                text.length = written.map_or(0, |rest| LONGEST - rest);
            }
        }
        text
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// An octet and a dot. What is behind them is overwritten by the next.
    fn push(&mut self, octet: u8) {
        let digits = OCTETS.get(usize::from(octet)).copied().unwrap_or_default();
        if let Some(place) = self.bytes.get_mut(self.length..self.length + 4) {
            place.copy_from_slice(&digits);
            self.length += 2 + usize::from(octet >= 10) + usize::from(octet >= 100);
        }
    }
}

/// The digits of each octet with a dot behind them.
#[expect(clippy::indexing_slicing, reason = "evaluated when compiled")]
const OCTETS: [[u8; 4]; 256] = {
    let mut octets = [[0; 4]; 256];
    let mut octet = 0;
    while octet < 256 {
        let [h, t, o] = [octet / 100, octet / 10 % 10, octet % 10];
        let [h, t, o] = [b'0' + h as u8, b'0' + t as u8, b'0' + o as u8];
        octets[octet] = match octet {
            100.. => [h, t, o, b'.'],
            10.. => [t, o, b'.', 0],
            _ => [o, b'.', 0, 0],
        };
        octet += 1;
    }
    octets
};

/// A little more than the longest address of version 6 has.
const LONGEST: usize = 48;

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn it_is_the_text_of_the_address(address: IpAddr) {
            let text = AddressText::of(address);
            let expected = address.to_string();
            proptest::prop_assert_eq!(text.as_bytes(), expected.as_bytes());
        }
    }

    #[test]
    fn every_length_of_an_octet_is_written() {
        for text in [
            "0.9.10.99",
            "100.255.1.0",
            "255.255.255.255",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            "::",
        ] {
            let address: IpAddr = text.parse().unwrap();
            assert_eq!(AddressText::of(address).as_bytes(), text.as_bytes());
        }
    }
}
