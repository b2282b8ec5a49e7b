//! AUT-03: what is not a compact JWS of JSON.

use jwtrail_event::{Reason, SecretToken};
use serde_json::json;

use crate::text::{base64url_length, join, segments};
use crate::{Case, Expect, Forge};

pub(super) const CASES: &[Case] = &[
    Case::bearer(
        "AUT-03/garbage",
        "a word",
        |_| SecretToken::new("forge-garbage-that-is-no-token".to_owned()),
        MALFORMED,
    ),
    Case::bearer(
        "AUT-03/dots",
        "two dots",
        |_| SecretToken::new("..".to_owned()),
        MALFORMED,
    ),
    Case::bearer(
        "AUT-03/two-parts",
        "header and payload, no second dot",
        |f| {
            let token = f.token().sign();
            let [header, payload, _] = segments(&token);
            SecretToken::new(format!("{header}.{payload}"))
        },
        MALFORMED,
    ),
    Case::bearer(
        "AUT-03/five-parts",
        "five parts, as an encrypted token has",
        |f| {
            let token = f.token().sign();
            let [header, payload, signature] = segments(&token);
            let text = format!("{header}.{payload}.{payload}.{payload}.{signature}");
            SecretToken::new(text)
        },
        MALFORMED,
    ),
    Case::bearer(
        "AUT-03/padding",
        "base64 padding after each part",
        |f| {
            let token = f.token().claim("sub", "padded-subject").sign_anyhow();
            let [header, payload, signature] = segments(&token);
            join(header, payload, &format!("{signature}=="))
        },
        MALFORMED,
    ),
    Case::bearer(
        "AUT-03/standard-alphabet",
        "the characters of plain base64 in the signature",
        |f| {
            let token = f.token().sign();
            let [header, payload, signature] = segments(&token);
            let rest = signature.get(2..).unwrap_or_default();
            join(header, payload, &format!("+/{rest}"))
        },
        MALFORMED,
    ),
    Case::bearer(
        "AUT-03/trailing-bits",
        "unused bits set in the signature's last character",
        with_trailing_bits,
        MALFORMED,
    ),
    Case::bearer(
        "AUT-03/bad-length",
        "a signature whose length no bytes can have",
        |f| {
            let token = f.token().sign();
            let [header, payload, _] = segments(&token);
            join(header, payload, "AAAAA")
        },
        MALFORMED,
    ),
    Case::bearer(
        "AUT-03/header-not-json",
        "a header that is not JSON",
        |f| f.token().raw_header("forge header").sign_anyhow(),
        MALFORMED,
    ),
    Case::bearer(
        "AUT-03/header-array",
        "a header that is an array",
        |f| f.token().raw_header("[\"alg\",\"ES256\"]").sign_anyhow(),
        MALFORMED,
    ),
    Case::bearer(
        "AUT-03/header-duplicate",
        "`alg` twice in the header",
        |f| {
            let (alg, kid) = (json!(f.alg()), json!(f.kid()));
            let header =
                format!("{{\"alg\":\"none\",\"alg\":{alg},\"kid\":{kid},\"typ\":\"at+jwt\"}}");
            f.token().raw_header(header).sign_anyhow()
        },
        MALFORMED,
    ),
    Case::bearer(
        "AUT-03/payload-not-json",
        "a payload that is not JSON, well signed",
        |f| f.token().raw_payload("forge payload").sign_anyhow(),
        MALFORMED,
    ),
    Case::bearer(
        "AUT-03/payload-array",
        "a payload that is an array, well signed",
        |f| f.token().raw_payload("[1,2,3]").sign_anyhow(),
        MALFORMED,
    ),
    Case::bearer(
        "AUT-03/payload-empty",
        "an empty payload, well signed",
        |f| f.token().raw_payload("").sign_anyhow(),
        MALFORMED,
    ),
    Case::bearer(
        "AUT-03/payload-duplicate",
        "`sub` twice in the payload, well signed",
        |f| {
            let now = f.now.as_seconds();
            let payload = format!(
                "{{\"iss\":{},\"aud\":{},\"sub\":{},\"sub\":\"admin\",\"iat\":{now},\"exp\":{}}}",
                json!(f.issuer),
                json!(f.audience),
                json!(f.subject),
                now + 300
            );
            f.token().raw_payload(payload).sign_anyhow()
        },
        MALFORMED,
    ),
    Case::bearer(
        "AUT-03/payload-not-utf-8",
        "a payload that is not UTF-8, well signed",
        |f| {
            f.token()
                .raw_payload(b"{\"sub\":\"\xff\xfe\"}".as_slice())
                .sign_anyhow()
        },
        MALFORMED,
    ),
    Case::bearer(
        "AUT-03/deep-nesting",
        "a claim nested 1,500 levels deep, well signed",
        |f| {
            let payload = format!("{{\"x\":{}{}}}", "[".repeat(1500), "]".repeat(1500));
            f.token().raw_payload(payload).sign_anyhow()
        },
        MALFORMED,
    ),
    Case::bearer(
        "AUT-03/one-byte-too-large",
        "a token of 8,193 bytes, well signed",
        |f| of_length(f, 8193),
        Expect::untrusted(Reason::TokenTooLarge),
    ),
    Case::bearer(
        "AUT-03/64-kib",
        "a token of 64 KiB, well signed",
        |f| of_length(f, 65_536),
        Expect::untrusted(Reason::TokenTooLarge),
    ),
];

const MALFORMED: Expect = Expect::untrusted(Reason::MalformedToken);

/// A good token of so many bytes.
pub(super) fn of_length(forge: &Forge, length: usize) -> SecretToken {
    let signature = segments(&forge.token().sign())[2].len();
    // Base64 leaves a length out now and then: then the header gives way by a byte or two.
    for spare in ["", "p", "pp", "ppp"] {
        let token = forge.token().header("pad", spare).claim("pad", "");
        let (header, payload) = token.lengths();
        let around = base64url_length(header) + signature + 2;
        let wanted = length.saturating_sub(around);
        let bytes = wanted * 3 / 4;
        if base64url_length(bytes) == wanted && bytes >= payload {
            return token
                .claim("pad", "p".repeat(bytes - payload))
                .sign_anyhow();
        }
    }
    forge.token().sign()
}

/// The signature's bytes stay the same for a lenient decoder: one token, two spellings.
fn with_trailing_bits(forge: &Forge) -> SecretToken {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let token = forge.token().sign();
    let [header, payload, signature] = segments(&token);
    let mut characters: Vec<char> = signature.chars().collect();
    if let Some(last) = characters.last_mut() {
        let value = ALPHABET.chars().position(|c| c == *last).unwrap_or(0);
        *last = ALPHABET.chars().nth(value | 1).unwrap_or('B');
    }
    join(header, payload, &characters.into_iter().collect::<String>())
}
