//! The parts of a `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7), in DER.

/// What a key is made of.
pub(super) enum Parts<'a> {
    /// RFC 8017 appendix A.1.1, without leading zeros.
    Rsa { n: &'a [u8], e: &'a [u8] },
    /// RFC 5480 section 2.2, an uncompressed point.
    Ec {
        curve: &'static str,
        x: &'a [u8],
        y: &'a [u8],
    },
    /// RFC 8410 section 4.
    Ed25519 { x: &'a [u8] },
}

pub(super) fn parts(der: &[u8]) -> Option<Parts<'_>> {
    let (info, rest) = element(SEQUENCE, der)?;
    let (algorithm, key) = element(SEQUENCE, info)?;
    let (kind, parameters) = element(OBJECT_ID, algorithm)?;
    let (bits, after) = element(BIT_STRING, key)?;
    // The first byte counts the bits of the last one that are not used: none.
    let bytes = bits.strip_prefix(&[0])?;
    if !rest.is_empty() || !after.is_empty() {
        return None;
    }
    match kind {
        RSA => {
            let (numbers, _) = element(SEQUENCE, bytes)?;
            let (n, numbers) = element(INTEGER, numbers)?;
            let (e, _) = element(INTEGER, numbers)?;
            let (n, e) = (unsigned(n), unsigned(e));
            Some(Parts::Rsa { n, e })
        }
        EC => {
            let (curve, _) = element(OBJECT_ID, parameters)?;
            let (_, curve) = CURVES.iter().find(|(own, _)| *own == curve)?;
            let point = bytes.strip_prefix(&[4])?;
            let (x, y) = point.split_at_checked(point.len() / 2)?;
            Some(Parts::Ec { curve, x, y })
        }
        ED25519 => Some(Parts::Ed25519 { x: bytes }),
        _ => None,
    }
}

/// The contents of the element of this kind that the bytes begin with, and what follows it.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (first, rest) = der.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        // The length of the length; a key is shorter than 64 KiB.
        0x81 | 0x82 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            let number = digits.iter();
            let number = number.fold(0, |number, byte| number << 8 | usize::from(*byte));
            (number, rest)
        }
        _ => return None,
    };
    (*first == tag).then(|| rest.split_at_checked(length))?
}

/// A positive INTEGER without the zero that keeps it from being negative.
fn unsigned(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(&[0]).unwrap_or(bytes)
}

const SEQUENCE: u8 = 0x30;
const OBJECT_ID: u8 = 0x06;
const BIT_STRING: u8 = 0x03;
const INTEGER: u8 = 0x02;

/// 1.2.840.113549.1.1.1.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// 1.2.840.10045.2.1.
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// 1.3.101.112.
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
/// 1.2.840.10045.3.1.7, 1.3.132.0.34, 1.3.132.0.35.
const CURVES: [(&[u8], &str); 3] = [
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], "P-256"),
    (&[0x2b, 0x81, 0x04, 0x00, 0x22], "P-384"),
    (&[0x2b, 0x81, 0x04, 0x00, 0x23], "P-521"),
];
