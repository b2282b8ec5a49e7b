use super::{KeyError, roca};

/// Modulus and exponent, big-endian without leading zeros.
pub(super) struct Components<'a> {
    pub(super) n: &'a [u8],
    pub(super) e: &'a [u8],
}

/// Reads them out of a `SubjectPublicKeyInfo` (RFC 5280 section 4.1, RFC 8017 appendix A.1.1).
pub(super) fn components(spki: &[u8]) -> Option<Components<'_>> {
    let (outer, rest) = element(spki, SEQUENCE)?;
    let (algorithm, key) = element(outer, SEQUENCE)?;
    let (bits, after) = element(key, BIT_STRING)?;
    let (identifier, _) = element(algorithm, OBJECT_IDENTIFIER)?;
    let (list, beyond) = element(bits.strip_prefix(&[0])?, SEQUENCE)?;
    let (n, exponent) = element(list, INTEGER)?;
    let (e, end) = element(exponent, INTEGER)?;
    let whole = [rest, after, beyond, end]
        .iter()
        .all(|part| part.is_empty());
    (whole && identifier == RSA_ENCRYPTION).then_some(Components {
        n: n.strip_prefix(&[0]).unwrap_or(n),
        e: e.strip_prefix(&[0]).unwrap_or(e),
    })
}

/// Refuses weak keys. aws-lc would refuse some of them too, but only with each signature.
pub(super) fn check(n: &[u8], e: &[u8]) -> Result<(), KeyError> {
    let bits = n.first().map_or(0, |first| {
        n.len() * 8 - usize::try_from(first.leading_zeros()).unwrap_or(0)
    });
    if !(2048..=8192).contains(&bits) {
        return Err(KeyError::RsaSize { bits });
    }
    let exponent = e.iter().try_fold(0_u64, |value, byte| {
        Some(value.checked_mul(256)? + u64::from(*byte))
    });
    if !exponent.is_some_and(|e| e >= 3 && e % 2 == 1 && e < 1 << 33) {
        return Err(KeyError::RsaExponent);
    }
    if roca::is_vulnerable(n) {
        return Err(KeyError::Roca);
    }
    Ok(())
}

/// The content of a DER element with this tag, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&short, rest) = rest.split_first()?;
    let (length, rest) = match short {
        0..=0x7f => (usize::from(short), rest),
        0x81..=0x83 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(short & 0x7f))?;
            let length = bytes
                .iter()
                .fold(0, |length, byte| length * 256 + usize::from(*byte));
            (length, rest)
        }
        _ => return None,
    };
    (found == tag).then(|| rest.split_at_checked(length))?
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT_IDENTIFIER: u8 = 0x06;
/// 1.2.840.113549.1.1.1
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
