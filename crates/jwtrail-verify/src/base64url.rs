use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Decodes base64url as RFC 7515 section 2 has it: no padding, no whitespace, unused bits zero,
/// so that each byte string has one spelling only.
///
/// Whether all characters are of the alphabet is asked once, at the end: nearly always they are,
/// and a token's claims are the longest that a request has to read.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let (fours, rest) = text.as_bytes().as_chunks::<4>();
    let more = match rest.len() {
        0 => 0,
        1 => return None,
        characters => characters - 1,
    };
    let mut decoded = vec![0; fours.len() * 3 + more];
    let (places, last) = decoded.as_chunks_mut::<3>();
    let mut seen = 0;
    for (place, four) in places.iter_mut().zip(fours) {
        let bits = join(*four);
        seen |= bits;
        let [bytes @ .., _] = bits.to_le_bytes();
        *place = bytes;
    }
    if more > 0 {
        // Filled up with zero bits, of which none may be missing afterwards.
        let mut four = [b'A'; 4];
        let filled = four.iter_mut().zip(rest);
        filled.for_each(|(to, from)| *to = *from);
        let bits = join(four);
        seen |= bits;
        let [bytes @ .., _] = bits.to_le_bytes();
        let (used, unused) = bytes.split_at_checked(more)?;
        if unused.iter().any(|byte| *byte != 0) {
            return None;
        }
        last.copy_from_slice(used);
    }
    (seen & FOREIGN == 0).then_some(decoded)
}

/// Encodes it so.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Three bytes of four characters, the first one lowest, and [`FOREIGN`].
#[inline]
fn join(characters: [u8; 4]) -> u32 {
    let places = PLACES.iter().zip(characters);
    places.fold(0, |bits, (place, character)| {
        bits | place
            .get(usize::from(character))
            .copied()
            .unwrap_or(FOREIGN)
    })
}

/// What a character adds to three bytes, at each of four places.
static PLACES: [[u32; 256]; 4] = [places(0), places(1), places(2), places(3)];

#[expect(
    clippy::indexing_slicing,
    reason = "it is run by the compiler, and no byte is above 255"
)]
const fn places(place: u32) -> [u32; 256] {
    let mut added = [FOREIGN; 256];
    let mut value = 0u32;
    let mut rest: &[u8] = ALPHABET;
    while let [character, more @ ..] = rest {
        // From the upper end of the first byte to the lower end of the third.
        let [_, first, second, third] = (value << (18 - 6 * place)).to_be_bytes();
        added[*character as usize] = u32::from_le_bytes([first, second, third, 0]);
        value += 1;
        rest = more;
    }
    added
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Stands above the three bytes when a character is none of the alphabet.
const FOREIGN: u32 = 1 << 24;

#[cfg(test)]
mod tests {
    use super::*;

    /// What a decoder that others wrote says.
    fn expected(text: &str) -> Option<Vec<u8>> {
        URL_SAFE_NO_PAD.decode(text).ok()
    }

    #[test]
    fn every_character_counts_at_every_place() {
        for length in 0..=9 {
            for place in 0..length {
                for character in 0..=u8::MAX {
                    let mut text = vec![b'A'; length];
                    text[place] = character;
                    let Ok(text) = String::from_utf8(text) else {
                        continue;
                    };
                    assert_eq!(decode(&text), expected(&text), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn unused_bits_are_zero() {
        assert_eq!(decode("YQ"), Some(b"a".to_vec()));
        assert_eq!(decode("YR"), None);
        assert_eq!(decode("YWI"), Some(b"ab".to_vec()));
        assert_eq!(decode("YWJ"), None);
    }

    proptest::proptest! {
        #[test]
        fn what_was_encoded_comes_back(bytes: Vec<u8>) {
            proptest::prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }

        #[test]
        fn texts_are_taken_and_refused_as_elsewhere(text in "[A-Za-z0-9_-]{0,70}[=+/. é]?[A-Za-z0-9_-]{0,5}") {
            proptest::prop_assert_eq!(decode(&text), expected(&text));
        }
    }
}
