//! KEY-01 to KEY-05: tokens that bring their key, name it badly, or demand the unknown.

use jwtrail_event::{Reason, SecretToken};
use serde_json::{Value, json};

use crate::text::base64_standard;
use crate::{Algorithm, Case, Expect, Forge, TokenBuilder, Unforgeable, keys};

pub(super) const CASES: &[Case] = &[
    Case::bearer(
        "KEY-01/jwk",
        "a stranger's key in `jwk`",
        |f| strangers(f).header("jwk", strangers_jwk(f)).sign(),
        UNTRUSTED,
    ),
    Case::bearer(
        "KEY-01/x5c",
        "a stranger's certificate in `x5c`",
        |f| {
            let chain = vec![base64_standard(keys::STRANGER_CERTIFICATE)];
            strangers(f).header("x5c", chain).sign()
        },
        UNTRUSTED,
    ),
    Case::bearer(
        "KEY-01/jwk-under-known-kid",
        "a stranger's key in `jwk` beside the issuer's `kid`",
        |f| {
            let token = f.token().named_algorithm(strangers_algorithm(f));
            let token = token.signed_by_stranger().header("jwk", strangers_jwk(f));
            token.sign()
        },
        UNTRUSTED,
    ),
    Case::bearer(
        "KEY-02/jku",
        "`jku` to a listener of ours",
        |f| strangers(f).header("jku", f.key_url.as_str()).sign(),
        UNTRUSTED,
    ),
    Case::bearer(
        "KEY-02/x5u",
        "`x5u` to a listener of ours",
        |f| strangers(f).header("x5u", f.key_url.as_str()).sign(),
        UNTRUSTED,
    ),
    Case::bearer(
        "KEY-03/traversal",
        "`kid` that climbs to a file",
        |f| with_kid(f, "../../../../../../dev/null"),
        UNKNOWN,
    ),
    Case::bearer(
        "KEY-03/absolute-path",
        "`kid` that names a file",
        |f| with_kid(f, "/proc/sys/kernel/randomize_va_space"),
        UNKNOWN,
    ),
    Case::bearer(
        "KEY-03/sql",
        "`kid` with SQL in it",
        |f| with_kid(f, "x' UNION SELECT 'forge-secret' -- "),
        UNKNOWN,
    ),
    Case::bearer(
        "KEY-03/command",
        "`kid` with a shell command in it",
        |f| with_kid(f, "forge-es256|sleep 5"),
        UNKNOWN,
    ),
    Case::bearer(
        "KEY-03/url",
        "`kid` that is an address",
        |f| with_kid(f, &f.key_url),
        UNKNOWN,
    ),
    Case::bearer(
        "KEY-03/crlf",
        "`kid` with line ends in it",
        |f| with_kid(f, "k1\r\n{\"event\":\"token.accepted\"}\r\n"),
        UNKNOWN,
    ),
    Case::bearer(
        "KEY-03/escape",
        "`kid` with terminal and bidirectional controls in it",
        |f| with_kid(f, "k1\u{1b}[2J\u{202e}\u{2028}\u{0}"),
        UNKNOWN,
    ),
    Case::bearer(
        "KEY-03/json",
        "`kid` with JSON in it",
        |f| with_kid(f, "k1\",\"outcome\":\"success\",\"x\":\""),
        UNKNOWN,
    ),
    Case::bearer(
        "KEY-03/long",
        "`kid` of 300 bytes that begins like a good one",
        |f| with_kid(f, &format!("{}{}", f.kid(), "0".repeat(289))),
        UNKNOWN,
    ),
    Case::bearer(
        "KEY-03/empty",
        "an empty `kid`",
        |f| with_kid(f, ""),
        UNKNOWN,
    ),
    Case::bearer(
        "KEY-03/number",
        "`kid` a number",
        |f| f.token().header("kid", 1).sign_anyhow(),
        Expect::untrusted(Reason::MalformedToken),
    ),
    Case::bearer(
        "KEY-04/unknown",
        "a `kid` that nobody knows",
        |f| f.token().header("kid", "forge-unknown-key").sign(),
        UNKNOWN,
    ),
    Case::bearer(
        "KEY-04/of-another-algorithm",
        "the `kid` of the issuer's key for another algorithm",
        |f| {
            if f.model.is_some() {
                f.hinder(Unforgeable::NotApplicable);
            }
            let other = match f.algorithm {
                Algorithm::EdDsa => Algorithm::Es256,
                _ => Algorithm::EdDsa,
            };
            f.token().header("kid", other.kid()).sign()
        },
        UNKNOWN,
    ),
    Case::bearer(
        "KEY-05/unknown",
        "`crit` with a name that nobody knows",
        |f| {
            let token = f.token().header("crit", vec!["forge-unknown"]);
            token.header("forge-unknown", true).sign()
        },
        CRITICAL,
    ),
    Case::bearer(
        "KEY-05/b64",
        "an unencoded payload, marked critical",
        |f| {
            f.token()
                .header("crit", vec!["b64"])
                .header("b64", false)
                .sign()
        },
        CRITICAL,
    ),
    Case::bearer(
        "KEY-05/b64-not-critical",
        "an unencoded payload, not marked critical",
        |f| f.token().header("b64", false).sign(),
        CRITICAL,
    ),
    Case::bearer(
        "KEY-05/empty",
        "an empty `crit`",
        |f| f.token().header("crit", json!([])).sign(),
        CRITICAL,
    ),
];

const UNTRUSTED: Expect = Expect::untrusted(Reason::UntrustedKey);
const UNKNOWN: Expect = Expect::untrusted(Reason::UnknownKey);
const CRITICAL: Expect = Expect::untrusted(Reason::UnsupportedCritical);

/// A token that holds under the stranger's own key.
fn strangers(forge: &Forge) -> TokenBuilder<'_> {
    let algorithm = strangers_algorithm(forge);
    let token = forge.token().named_algorithm(algorithm);
    token
        .signed_by_stranger()
        .header("kid", keys::stranger_kid(algorithm))
}

/// The algorithm of the service's own tokens, so that nothing but the key is wrong; ES256 where
/// that one has no public keys.
fn strangers_algorithm(forge: &Forge) -> Algorithm {
    match &forge.model {
        Some(_) if forge.algorithm != Algorithm::Hs256 => forge.algorithm,
        _ => Algorithm::Es256,
    }
}

fn strangers_jwk(forge: &Forge) -> Value {
    let jwk = keys::stranger_jwk(strangers_algorithm(forge));
    serde_json::from_str(jwk).unwrap_or_default()
}

/// A token by the issuer's own key, so that nothing but the `kid` is wrong.
fn with_kid(forge: &Forge, kid: &str) -> SecretToken {
    forge.token().header("kid", kid).sign_anyhow()
}
