/// Writes bytes as lower-case hexadecimal digits, as many as fit; four bytes at a time.
pub(crate) fn encode(bytes: &[u8], digits: &mut [u8]) {
    let (fours, rest) = bytes.as_chunks::<4>();
    let (eights, more) = digits.as_chunks_mut::<8>();
    for (four, eight) in fours.iter().zip(eights) {
        *eight = eight_digits(u32::from_be_bytes(*four));
    }
    for (byte, pair) in rest.iter().zip(more.chunks_exact_mut(2)) {
        if let [high, low] = pair {
            *high = digit(byte >> 4);
            *low = digit(byte & 0x0f);
        }
    }
}

/// All at once: a nibble into each byte of a word, then the digit out of each.
const fn eight_digits(value: u32) -> [u8; 8] {
    let word = value as u64;
    let word = (word << 16 | word) & 0x0000_ffff_0000_ffff;
    let word = (word << 8 | word) & 0x00ff_00ff_00ff_00ff;
    let word = (word << 4 | word) & 0x0f0f_0f0f_0f0f_0f0f;
    let letters = (word + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101;
    let ascii = word + 0x3030_3030_3030_3030 + letters * 0x27;
    ascii.to_be_bytes()
}

/// What lower-case hexadecimal digits stand for: eight at a time, 32 at most.
pub(crate) fn decode(digits: &[u8]) -> Option<u128> {
    let (eights, rest) = digits.as_chunks::<8>();
    if !rest.is_empty() || eights.len() > 4 {
        return None;
    }
    eights.iter().try_fold(0, |bits, eight| {
        let value = value(*eight);
        // Only the digits of a value are all digits.
        (eight_digits(value) == *eight).then_some(bits << 32 | u128::from(value))
    })
}

/// That of eight digits, all at once; anything of what are none.
const fn value(digits: [u8; 8]) -> u32 {
    let word = u64::from_be_bytes(digits);
    let letters = word >> 6 & 0x0101_0101_0101_0101;
    let word = (word & 0x0f0f_0f0f_0f0f_0f0f) + letters * 9;
    let word = (word >> 4 | word) & 0x00ff_00ff_00ff_00ff;
    let word = (word >> 8 | word) & 0x0000_ffff_0000_ffff;
    (word >> 16 | word) as u32
}

pub(crate) const fn digit(nibble: u8) -> u8 {
    if nibble < 10 {
        b'0' + nibble
    } else {
        b'a' + nibble - 10
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn the_digits_are_those_of_the_number(number: u64) {
            let mut digits = [0; 16];
            encode(&number.to_be_bytes(), &mut digits);
            proptest::prop_assert_eq!(String::from_utf8_lossy(&digits), format!("{number:016x}"));
        }
    }

    proptest::proptest! {
        #[test]
        fn digits_are_read_as_the_standard_library_does(
            digits in "[0-9a-f]{32}", at in 0..32_usize, byte: u8,
        ) {
            let mut digits = digits.into_bytes();
            proptest::prop_assert_eq!(decode(&digits), standard(&digits));
            if let Some(digit) = digits.get_mut(at) {
                *digit = byte;
            }
            proptest::prop_assert_eq!(decode(&digits), standard(&digits));
            proptest::prop_assert_eq!(decode(&digits[..16]), standard(&digits[..16]));
        }
    }

    fn standard(digits: &[u8]) -> Option<u128> {
        let lower = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let text = std::str::from_utf8(digits).ok()?;
        let bits = u128::from_str_radix(text, 16).ok()?;
        digits.iter().all(lower).then_some(bits)
    }

    #[test]
    fn what_is_no_multiple_of_four_is_written_too() {
        let mut digits = [0; 10];
        encode(&[0x00, 0x9a, 0xbc, 0xde, 0xf1], &mut digits);
        assert_eq!(&digits, b"009abcdef1");
    }
}
