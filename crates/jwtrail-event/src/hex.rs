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

    #[test]
    fn what_is_no_multiple_of_four_is_written_too() {
        let mut digits = [0; 10];
        encode(&[0x00, 0x9a, 0xbc, 0xde, 0xf1], &mut digits);
        assert_eq!(&digits, b"009abcdef1");
    }
}
