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
                let mut between = false;
                for octet in address.octets() {
                    if std::mem::replace(&mut between, true) {
                        text.push(b'.');
                    }
                    text.push_decimal(octet);
                }
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

    fn push_decimal(&mut self, number: u8) {
        if number >= 100 {
            self.push(b'0' + number / 100);
        }
        if number >= 10 {
            self.push(b'0' + number / 10 % 10);
        }
        self.push(b'0' + number % 10);
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }
}

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
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            "::",
        ] {
            let address: IpAddr = text.parse().unwrap();
            assert_eq!(AddressText::of(address).as_bytes(), text.as_bytes());
        }
    }
}
