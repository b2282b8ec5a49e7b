use aws_lc_rs::hmac;

/// A key for one use, out of one for several.
pub(crate) fn key_for(secret: &[u8; 32], use_of_it: &[u8]) -> [u8; 16] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), use_of_it);
    let mut key = [0; 16];
    for (byte, value) in key.iter_mut().zip(tag.as_ref()) {
        *byte = *value;
    }
    key
}
