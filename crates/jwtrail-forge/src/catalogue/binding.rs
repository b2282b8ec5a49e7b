//! BND: tokens that are bound to a key or a certificate, and the proofs that come with them
//! (RFC 9449, RFC 8705). These checks are ours.

use jwtrail_event::{Reason, SecretToken};

use crate::{Algorithm, Case, Expect, Forge, Precondition, Presentation, Presented, ProofBuilder};

pub(super) const CASES: &[Case] = &[
    proven("BND-01/valid", "a good proof", |f| with(f, |p| p), OK),
    proven("BND-01/rs256", "a good proof with RS256", rs256, OK),
    proven("BND-01/eddsa", "a good proof with EdDSA", eddsa, OK),
    proven(
        "BND-01/lower-case-scheme",
        "`dpop` in lower case",
        |f| {
            let token = f.token().bound_to_client().sign();
            let proof = f.proof(&token).sign();
            let value = format!("dpop {}", token.expose());
            Presented::header(value.into_bytes(), token).and_proof(proof)
        },
        OK,
    ),
    proven(
        "BND-01/spelled-otherwise",
        "the URI in another spelling, with a query and a fragment",
        |f| with(f, |p| p.uri(&spelled_otherwise(f))),
        OK,
    ),
    proven(
        "BND-02/none",
        "a bound token without a proof",
        |f| Presented::dpop(f.token().bound_to_client().sign()),
        INVALID_PROOF,
    ),
    proven(
        "BND-02/two",
        "two good proofs",
        |f| {
            let token = f.token().bound_to_client().sign();
            let (one, two) = (f.proof(&token).sign(), f.proof(&token).sign());
            Presented::dpop(token).and_proof(one).and_proof(two)
        },
        INVALID_PROOF,
    ),
    proven(
        "BND-02/malformed",
        "a proof that is no JWT",
        |f| {
            let token = f.token().bound_to_client().sign();
            Presented::dpop(token).and_proof(SecretToken::new("not.a-proof".to_owned()))
        },
        INVALID_PROOF,
    ),
    bad("BND-02/no-jti", "no `jti`", |p| p.without_claim("jti")),
    bad("BND-02/no-htm", "no `htm`", |p| p.without_claim("htm")),
    bad("BND-02/no-htu", "no `htu`", |p| p.without_claim("htu")),
    bad("BND-02/no-iat", "no `iat`", |p| p.without_claim("iat")),
    bad("BND-02/no-ath", "no `ath`", |p| p.without_claim("ath")),
    bad("BND-02/typ-jwt", "`typ: JWT`", |p| p.header("typ", "JWT")),
    bad("BND-02/alg-none", "`alg: none`", |p| {
        p.header("alg", "none")
    }),
    bad("BND-02/alg-hs256", "`alg: HS256`", |p| {
        p.algorithm(Algorithm::Hs256)
    }),
    bad("BND-02/bad-signature", "signed with another key", |p| {
        p.signed_by_stranger()
    }),
    bad("BND-02/private-key", "a private key in `jwk`", |p| {
        let jwk = serde_json::json!({ "kty": "EC", "crv": "P-256", "d": "AA" });
        p.header("jwk", jwk)
    }),
    bad("BND-02/other-method", "for another method", |p| {
        p.method("POST")
    }),
    bad("BND-02/other-uri", "for another URI", |p| {
        p.uri("https://orders.example.attacker.example/orders/7")
    }),
    bad("BND-02/stale", "made ten minutes ago", |p| {
        p.issued_in(-600)
    }),
    bad("BND-02/future", "made in ten minutes", |p| p.issued_in(600)),
    proven(
        "BND-02/other-token",
        "a proof for another token",
        |f| {
            let other = f.token().bound_to_client().sign();
            let proof = f.proof(&other).sign();
            Presented::dpop(f.token().bound_to_client().sign()).and_proof(proof)
        },
        INVALID_PROOF,
    ),
    proven(
        "BND-03/other-key",
        "a good proof by somebody else",
        |f| with(f, |p| p.by_stranger()),
        INVALID_TOKEN,
    ),
    proven(
        "BND-03/unbound",
        "a token that is bound to nothing, with a proof",
        |f| {
            let token = f.token().sign();
            let proof = f.proof(&token).sign();
            Presented::dpop(token).and_proof(proof)
        },
        INVALID_TOKEN,
    ),
    as_bearer("BND-03/bound-as-bearer", "a bound token as Bearer", |f| {
        f.token().bound_to_client().sign()
    }),
    as_bearer(
        "BND-03/certificate",
        "a certificate-bound token without one",
        |f| {
            let cnf = serde_json::json!({ "x5t#S256": f.client_certificate_thumbprint() });
            f.token().claim("cnf", cnf).sign()
        },
    ),
    as_bearer(
        "BND-03/unknown-binding",
        "a token bound to something unknown",
        |f| {
            let cnf = serde_json::json!({ "kid": "somebody" });
            f.token().claim("cnf", cnf).sign()
        },
    ),
    proven(
        "BND-04/used-twice",
        "a good proof for the second time",
        |f| with(f, |p| p),
        Expect::unproven(Reason::ProofReplayed, "invalid_dpop_proof"),
    )
    .given(Precondition::ProofUsed),
    proven(
        "BND-05/no-nonce",
        "no nonce where the service asks for one",
        |f| with(f, |p| p),
        Expect::unproven(Reason::ProofNonceRequired, "use_dpop_nonce"),
    )
    .given(Precondition::DpopNonce),
    proven(
        "BND-05/other-nonce",
        "a nonce that the service did not give",
        |f| {
            with(f, |p| {
                p.nonce("bm90IGEgbm9uY2Ugb2YgdGhlIHNlcnZpY2UuLi4uLi4")
            })
        },
        Expect::unproven(Reason::ProofNonceRequired, "use_dpop_nonce"),
    )
    .given(Precondition::DpopNonce),
];

const OK: Expect = Expect::accepted();
const INVALID_PROOF: Expect = Expect::unproven(Reason::ProofInvalid, "invalid_dpop_proof");
const INVALID_TOKEN: Expect = Expect::unproven(Reason::ProofInvalid, "invalid_token");

const fn proven(
    id: &'static str,
    title: &'static str,
    present: fn(&Forge) -> Presented,
    expect: Expect,
) -> Case {
    Case::wire(id, title, Presentation::Dpop, present, expect).given(Precondition::Dpop)
}

/// A good token with a proof that has one fault.
const fn bad(
    id: &'static str,
    title: &'static str,
    fault: fn(ProofBuilder<'_>) -> ProofBuilder<'_>,
) -> Case {
    Case::proof(id, title, fault, INVALID_PROOF).given(Precondition::Dpop)
}

const fn as_bearer(id: &'static str, title: &'static str, mint: fn(&Forge) -> SecretToken) -> Case {
    Case::bearer(id, title, mint, INVALID_TOKEN).given(Precondition::Dpop)
}

fn with<'f>(
    forge: &'f Forge,
    change: impl FnOnce(ProofBuilder<'f>) -> ProofBuilder<'f>,
) -> Presented {
    let token = forge.token().bound_to_client().sign();
    let proof = change(forge.proof(&token)).sign();
    Presented::dpop(token).and_proof(proof)
}

fn rs256(forge: &Forge) -> Presented {
    with_algorithm(forge, Algorithm::Rs256)
}

fn eddsa(forge: &Forge) -> Presented {
    with_algorithm(forge, Algorithm::EdDsa)
}

fn with_algorithm(forge: &Forge, algorithm: Algorithm) -> Presented {
    let token = forge.token().bound_to_client_key(algorithm).sign();
    let proof = forge.proof(&token).algorithm(algorithm).sign();
    Presented::dpop(token).and_proof(proof)
}

/// `https://orders.example/orders/7` as `HTTPS://ORDERS.EXAMPLE:443/./orders/7?x=1#y`.
fn spelled_otherwise(forge: &Forge) -> String {
    let (scheme, rest) = forge.resource.split_once("://").unwrap_or_default();
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let default_port = match (scheme, authority.contains(':')) {
        ("https", false) => ":443",
        ("http", false) => ":80",
        _ => "",
    };
    let (scheme, authority) = (scheme.to_uppercase(), authority.to_uppercase());
    format!("{scheme}://{authority}{default_port}/./{path}?x=1#y")
}
