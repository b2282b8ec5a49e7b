//! The names of tokens, families and subjects, out of their numbers.

use super::random::mix;

/// Subjects from here on are machines.
pub(super) const FIRST_MACHINE: u32 = 1 << 28;
/// Subjects from here on are nobody's: names that an attacker tries.
pub(super) const FIRST_GUESS: u32 = 1 << 29;

/// The number of a person's subject.
pub(super) const fn person(index: u32) -> u32 {
    index + 1
}

pub(super) fn subject(who: u32, text: &mut String) {
    text.clear();
    let (kind, number) = match who {
        0 => return,
        FIRST_GUESS.. => ("guess-", who - FIRST_GUESS),
        FIRST_MACHINE.. => ("machine-", who - FIRST_MACHINE),
        _ => ("user-", who - 1),
    };
    text.push_str(kind);
    push(&decimal::<9>(number), text);
}

/// Appends a number in decimal.
pub(super) fn push_number(number: u32, text: &mut String) {
    let digits = decimal::<10>(number);
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    push(digits.get(zeros.min(9)..).unwrap_or_default(), text);
}

fn decimal<const N: usize>(number: u32) -> [u8; N] {
    let mut digits = [b'0'; N];
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    digits
}

pub(super) fn token(number: u64, seed: u64, text: &mut String) {
    text.clear();
    let high = mix(number ^ mix(seed));
    push_hex(high, text);
    push_hex(mix(high), text);
}

pub(super) fn fingerprint(number: u64, seed: u64, text: &mut String) {
    text.clear();
    text.push_str("k1:");
    let high = mix(number ^ mix(seed ^ 1));
    push_hex(high, text);
    push_hex(mix(high), text);
}

pub(super) fn family(number: u64, seed: u64, text: &mut String) {
    text.clear();
    text.push_str("fam-");
    push_hex(mix(number ^ mix(seed ^ 2)), text);
}

pub(super) fn hex(number: u64, text: &mut String) {
    text.clear();
    push_hex(number, text);
}

fn push_hex(number: u64, text: &mut String) {
    let mut digits = [0; 16];
    for (at, digit) in digits.iter_mut().enumerate() {
        let nibble = (number >> (60 - 4 * at) & 0xf) as u8;
        *digit = match nibble {
            0..10 => b'0' + nibble,
            _ => b'a' + nibble - 10,
        };
    }
    push(&digits, text);
}

fn push(ascii: &[u8], text: &mut String) {
    text.push_str(str::from_utf8(ascii).unwrap_or(""));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_say_what_they_are() {
        let name = |who| {
            let mut text = String::new();
            subject(who, &mut text);
            text
        };
        assert_eq!(name(person(7)), "user-000000007");
        assert_eq!(name(FIRST_MACHINE + 3), "machine-000000003");
        assert_eq!(name(FIRST_GUESS + 12), "guess-000000012");
        assert_eq!(name(0), "");
    }

    #[test]
    fn a_token_and_its_fingerprint_have_nothing_in_common() {
        let (mut jti, mut print) = (String::new(), String::new());
        token(1, 1, &mut jti);
        fingerprint(1, 1, &mut print);
        assert_eq!((jti.len(), print.len()), (32, 35));
        assert!(!print.ends_with(&jti));
    }
}
