/// Whether a modulus has the shape of CVE-2017-15361: its primes were made as powers of 65537,
/// so that modulo every small prime it is one, too. Such a key can be factored.
pub(super) fn is_vulnerable(modulus: &[u8]) -> bool {
    PRIMES.iter().all(|&prime| {
        let remainder = modulus
            .iter()
            .fold(0, |rest, byte| (rest * 256 + u32::from(*byte)) % prime);
        is_power_of_65537(remainder, prime)
    })
}

fn is_power_of_65537(remainder: u32, prime: u32) -> bool {
    let mut power = 1;
    loop {
        if power == remainder {
            return true;
        }
        power = power * (65_537 % prime) % prime;
        if power == 1 {
            return false;
        }
    }
}

/// The primes for which 65537 does not generate every remainder.
const PRIMES: [u32; 17] = [
    11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157,
];

#[cfg(test)]
mod tests {
    use super::is_vulnerable;

    #[test]
    fn a_power_of_65537_is_found_and_its_neighbour_is_not() {
        let power = 65_537_u128.pow(7).to_be_bytes();
        assert!(is_vulnerable(&power));
        let neighbour = (65_537_u128.pow(7) + 2).to_be_bytes();
        assert!(!is_vulnerable(&neighbour));
    }
}
