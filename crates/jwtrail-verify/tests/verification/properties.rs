use std::sync::LazyLock;

use jwtrail_verify::{KeySet, Verifier, verify_jws};
use proptest::prelude::*;

use crate::support::{ES256, HS256, NOW, at, build, builder, claims, encode, good};

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| build(builder()));
static GOOD: LazyLock<[String; 2]> =
    LazyLock::new(|| [good(), ES256.sign(ES256.header(), claims())]);

proptest! {
    #[test]
    fn no_byte_string_panics(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let text = String::from_utf8_lossy(&bytes);
        prop_assert!(VERIFIER.verify(&text, at(NOW)).is_err());
        prop_assert!(verify_jws(&text, &HS256.keys()).is_err());
        prop_assert!(KeySet::from_jwks(&bytes).is_err());
    }

    #[test]
    fn no_three_segments_panic(
        header in prop::collection::vec(any::<u8>(), 0..200),
        payload in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let token = HS256.sign_bytes(&header, &payload);
        prop_assert!(VERIFIER.verify(&token, at(NOW)).is_err());
    }

    #[test]
    fn no_signed_claims_panic(
        name in prop_oneof![Just("exp"), Just("nbf"), Just("iat"), Just("aud"), Just("scope"), Just("sub")],
        value in "[-0-9.eE]{1,12}|\"[a-z ]{0,8}\"|\\[[0-9,\"a]{0,8}\\]|\\{\\}|null|true",
        now in any::<i64>(),
    ) {
        let payload = format!("{{\"iss\":\"https://login.example\",\"{name}\":{value}}}");
        let token = HS256.sign(HS256.header(), payload);
        prop_assert!(VERIFIER.verify(&token, at(now)).is_err());
    }

    #[test]
    fn a_one_byte_change_of_a_good_token_never_verifies(
        which in 0..2_usize,
        place in any::<prop::sample::Index>(),
        byte in 0x20..0x7f_u8,
    ) {
        let token = &GOOD[which];
        let place = place.index(token.len());
        let mut bytes = token.clone().into_bytes();
        prop_assume!(bytes[place] != byte);
        bytes[place] = byte;
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert!(VERIFIER.verify(&changed, at(NOW)).is_err());
        prop_assert!(VERIFIER.verify(token, at(NOW)).is_ok());
    }

    #[test]
    fn a_cut_or_longer_token_never_verifies(which in 0..2_usize, cut in any::<prop::sample::Index>(), more in "[A-Za-z0-9_.-]{1,8}") {
        let token = &GOOD[which];
        let (head, tail) = token.split_at(cut.index(token.len()));
        prop_assert!(VERIFIER.verify(head, at(NOW)).is_err());
        prop_assert!(VERIFIER.verify(tail, at(NOW)).is_err() || head.is_empty());
        let longer = format!("{token}{more}");
        prop_assert!(VERIFIER.verify(&longer, at(NOW)).is_err());
    }
}

/// Every byte in turn, so that no place is left to chance.
#[test]
fn a_flipped_bit_anywhere_never_verifies() {
    for token in GOOD.iter() {
        for place in 0..token.len() {
            for bit in 0..7 {
                let mut bytes = token.clone().into_bytes();
                bytes[place] ^= 1 << bit;
                let changed = String::from_utf8(bytes).unwrap();
                assert!(
                    VERIFIER.verify(&changed, at(NOW)).is_err(),
                    "byte {place} bit {bit}"
                );
            }
        }
    }
    // The encoding alone is canonical, so that the segments above have no second spelling.
    assert_eq!(encode(b"\xff"), "_w");
}
