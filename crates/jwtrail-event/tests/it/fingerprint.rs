use jwtrail_event::{FingerprintKey, UnusableFingerprintKey};

#[test]
fn fingerprints_are_hmac_sha_256_cut_to_128_bits() {
    // The tags were computed with openssl dgst -sha256 -mac HMAC -macopt hexkey:...
    let counting: Vec<u8> = (0..32).collect();
    for (key, token, tag) in [
        (
            counting.as_slice(),
            "a.b.c",
            "7d47b43f89849ac19f11291bc3d957e431aa57b5e92af72b8168b9f24e0be20c",
        ),
        (
            &[0x0b; 32],
            "Hi There",
            "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7",
        ),
    ] {
        let key = FingerprintKey::new("k1", key).unwrap();
        let expected = format!("k1:{}", tag.get(..32).unwrap());
        assert_eq!(key.fingerprint(token).as_str(), expected);
    }
}

#[test]
fn the_whole_token_counts() {
    let key = FingerprintKey::new("k1", &[7; 32]).unwrap();
    assert_ne!(key.fingerprint("a.b.c"), key.fingerprint("a.b.d"));
    assert_ne!(key.fingerprint(""), key.fingerprint(" "));
    let other = FingerprintKey::new("k1", &[8; 32]).unwrap();
    assert_ne!(key.fingerprint("a.b.c"), other.fingerprint("a.b.c"));
}

#[test]
fn keys_and_ids_that_are_too_weak_are_refused() {
    let short = UnusableFingerprintKey::Short { length: 31 };
    assert_eq!(FingerprintKey::new("k1", &[7; 31]).unwrap_err(), short);
    assert_eq!(
        short.to_string(),
        "the fingerprint key has 31 bytes, it needs at least 32"
    );
    for id in ["", "K1", "k 1", "k:1", "k1\n", "a-name-of-17-char"] {
        let error = FingerprintKey::new(id, &[7; 32]).unwrap_err();
        assert_eq!(error, UnusableFingerprintKey::Id, "{id:?}");
    }
    assert_eq!(
        FingerprintKey::new(FingerprintKey::LOCAL, &[7; 32])
            .unwrap()
            .id(),
        "local"
    );
}

#[test]
fn a_key_is_not_printed() {
    let key = FingerprintKey::new("k1", b"0123456789abcdef0123456789abcdef").unwrap();
    assert_eq!(format!("{key:?}"), "FingerprintKey { id: \"k1\", .. }");
}
