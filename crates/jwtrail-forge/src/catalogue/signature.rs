//! SIG-01, SIG-02, SIG-04: signatures that do not hold.

use jwtrail_event::{Reason, SecretToken};

use crate::text::{join, segments, with_signature};
use crate::{Algorithm, Case, Expect, Forge, Precondition};

pub(super) const CASES: &[Case] = &[
    Case::bearer(
        "SIG-01/first-byte",
        "the signature's first byte changed",
        |f| flipped(&f.token().sign(), 0),
        BAD,
    ),
    Case::bearer(
        "SIG-01/middle-byte",
        "a byte in the signature's middle changed",
        |f| flipped(&f.token().sign(), 20),
        BAD,
    ),
    Case::bearer(
        "SIG-01/last-byte",
        "the signature's last byte changed",
        |f| {
            with_signature(&f.token().sign(), |bytes| {
                if let Some(byte) = bytes.last_mut() {
                    *byte ^= 1;
                }
            })
        },
        BAD,
    ),
    Case::bearer(
        "SIG-01/rs256",
        "a byte of an RS256 signature changed",
        |f| flipped(&f.token().algorithm(Algorithm::Rs256).sign(), 100),
        BAD,
    ),
    Case::bearer(
        "SIG-01/es256",
        "a byte of an ES256 signature changed",
        |f| flipped(&f.token().algorithm(Algorithm::Es256).sign(), 40),
        BAD,
    ),
    Case::bearer(
        "SIG-01/eddsa",
        "a byte of an EdDSA signature changed",
        |f| flipped(&f.token().algorithm(Algorithm::EdDsa).sign(), 40),
        BAD,
    ),
    Case::bearer(
        "SIG-01/hs256",
        "a byte of an HS256 signature changed",
        |f| flipped(&f.token().algorithm(Algorithm::Hs256).sign(), 10),
        BAD,
    )
    .given(Precondition::Hmac),
    Case::bearer(
        "SIG-01/cut",
        "the signature cut by a byte",
        |f| {
            with_signature(&f.token().sign(), |bytes| {
                bytes.truncate(bytes.len().saturating_sub(1));
            })
        },
        BAD,
    ),
    Case::bearer(
        "SIG-01/longer",
        "the signature longer by a byte",
        |f| with_signature(&f.token().sign(), |bytes| bytes.push(0)),
        BAD,
    ),
    Case::bearer(
        "SIG-01/stranger",
        "signed by somebody else under the issuer's `kid`",
        |f| f.token().signed_by_stranger().sign(),
        BAD,
    ),
    Case::bearer(
        "SIG-01/es256-zero",
        "an ES256 signature of zeros",
        |f| {
            f.token()
                .algorithm(Algorithm::Es256)
                .signature([0; 64])
                .sign()
        },
        BAD,
    ),
    Case::bearer(
        "SIG-01/es256-der",
        "a true ES256 signature, written as DER",
        |f| with_signature(&f.token().algorithm(Algorithm::Es256).sign(), to_der),
        BAD,
    ),
    Case::bearer(
        "SIG-02/subject",
        "another subject under an old signature",
        |f| spliced(f, |token| token.subject("admin")),
        BAD,
    ),
    Case::bearer(
        "SIG-02/scope",
        "more scope under an old signature",
        |f| spliced(f, |token| token.scope("orders:read orders:admin admin")),
        BAD,
    ),
    Case::bearer(
        "SIG-02/expiry",
        "a later end under an old signature",
        |f| spliced(f, |token| token.expires_in(3_600)),
        BAD,
    ),
    Case::bearer(
        "SIG-02/header",
        "another header under an old signature",
        |f| {
            let token = f.token().sign();
            let [_, payload, signature] = segments(&token);
            let other = f.token().header("x", "y").signature([]).sign();
            join(segments(&other)[0], payload, signature)
        },
        BAD,
    ),
    Case::bearer(
        "SIG-04/empty",
        "an empty signature after the second dot",
        |f| f.token().signature([]).sign(),
        BAD,
    ),
    Case::bearer(
        "SIG-04/two-segments",
        "the signature and its dot left out",
        |f| {
            let token = f.token().sign();
            let [header, payload, _] = segments(&token);
            SecretToken::new(format!("{header}.{payload}"))
        },
        Expect::untrusted(Reason::MalformedToken),
    ),
];

const BAD: Expect = Expect::untrusted(Reason::BadSignature);

fn flipped(token: &SecretToken, at: usize) -> SecretToken {
    with_signature(token, |bytes| {
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1;
        }
    })
}

/// The payload of a changed token under a good token's header and signature.
fn spliced(
    forge: &Forge,
    change: fn(crate::TokenBuilder<'_>) -> crate::TokenBuilder<'_>,
) -> SecretToken {
    let good = forge.token().sign();
    let [header, _, signature] = segments(&good);
    let changed = change(forge.token()).signature([]).sign();
    join(header, segments(&changed)[1], signature)
}

/// r and s as the ASN.1 sequence that X.509 uses and JWS does not.
fn to_der(signature: &mut Vec<u8>) {
    let integer = |bytes: &[u8]| {
        let start = bytes.iter().position(|b| *b != 0).unwrap_or(0);
        let digits = bytes.get(start..).unwrap_or_default();
        let sign = digits.first().is_some_and(|b| *b >= 0x80);
        let mut der = vec![0x02, length(digits.len() + usize::from(sign))];
        der.extend(sign.then_some(0));
        der.extend_from_slice(digits);
        der
    };
    let (r, s) = signature.split_at(signature.len() / 2);
    let body = [integer(r), integer(s)].concat();
    let mut der = vec![0x30, length(body.len())];
    der.extend(body);
    *signature = der;
}

fn length(bytes: usize) -> u8 {
    u8::try_from(bytes).unwrap_or(0)
}
