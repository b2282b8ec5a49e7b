use aws_lc_rs::hmac;

/// The signature of a webhook's body: `v1=` and HMAC-SHA-256, in hexadecimal, over the
/// timestamp in seconds, a full stop, and the body.
pub(super) fn sign(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    context.update(timestamp.as_bytes());
    context.update(b".");
    context.update(body);
    let mut text = String::from("v1=");
    for byte in context.sign().as_ref() {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_hmac_sha_256_of_timestamp_and_body() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac 'a secret of some bytes'
        let signature = sign("a secret of some bytes", "1700000000", br#"{"a":1}"#);
        let expected = "v1=46e178c064a59e09decd32f8afb8a233e063242fccf68630da0beb34c1e53d61";
        assert_eq!(signature, expected);
    }
}
