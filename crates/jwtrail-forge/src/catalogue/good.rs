//! PRE-1: tokens that must be accepted.

use crate::catalogue::malformed::of_length;
use crate::{Algorithm, Case, Expect, Precondition, Presentation, Presented};

pub(super) const CASES: &[Case] = &[
    Case::bearer("PRE-1/valid", "a good token", |f| f.token().sign(), OK),
    Case::bearer(
        "PRE-1/rs256",
        "a good token signed with RS256",
        |f| f.token().algorithm(Algorithm::Rs256).sign(),
        OK,
    ),
    Case::bearer(
        "PRE-1/es256",
        "a good token signed with ES256",
        |f| f.token().algorithm(Algorithm::Es256).sign(),
        OK,
    ),
    Case::bearer(
        "PRE-1/eddsa",
        "a good token signed with EdDSA",
        |f| f.token().algorithm(Algorithm::EdDsa).sign(),
        OK,
    ),
    Case::bearer(
        "PRE-1/hs256",
        "a good token signed with HS256",
        |f| f.token().algorithm(Algorithm::Hs256).sign(),
        OK,
    )
    .given(Precondition::Hmac),
    Case::bearer(
        "PRE-1/typ-media-type",
        "`typ` written as a media type",
        |f| f.token().header("typ", "application/at+jwt").sign(),
        OK,
    ),
    Case::bearer(
        "PRE-1/typ-upper-case",
        "`typ` in upper case",
        |f| f.token().header("typ", "AT+JWT").sign(),
        OK,
    ),
    Case::bearer(
        "PRE-1/legacy-typ",
        "`typ: JWT` where the legacy profile is checked",
        |f| f.token().header("typ", "JWT").sign(),
        OK,
    )
    .given(Precondition::LegacyProfile),
    Case::bearer(
        "PRE-1/legacy-no-typ",
        "no `typ` where the legacy profile is checked",
        |f| f.token().without_header("typ").sign(),
        OK,
    )
    .given(Precondition::LegacyProfile),
    Case::bearer(
        "PRE-1/aud-array",
        "our audience among others",
        |f| {
            let audiences = vec!["https://other.example", f.audience()];
            f.token().claim("aud", audiences).sign()
        },
        OK,
    ),
    Case::bearer(
        "PRE-1/scope-array",
        "`scope` as an array",
        |f| {
            f.token()
                .claim("scope", vec![f.scope(), "other:read"])
                .sign()
        },
        OK,
    )
    .given(Precondition::ScopeRequired),
    Case::bearer(
        "PRE-1/scp-array",
        "`scp` instead of `scope`",
        |f| {
            let token = f.token().without_claim("scope");
            token.claim("scp", vec![f.scope()]).sign()
        },
        OK,
    )
    .given(Precondition::ScopeRequired),
    Case::bearer(
        "PRE-1/scope-among-others",
        "the scope between two others",
        |f| f.token().scope(&format!("a:x {} b:y", f.scope())).sign(),
        OK,
    )
    .given(Precondition::ScopeRequired),
    Case::bearer(
        "PRE-1/expired-within-leeway",
        "expired 59 s ago, leeway 60 s",
        |f| f.token().issued_in(-300).expires_in(-59).sign(),
        OK,
    )
    .given(Precondition::FixedClock),
    Case::bearer(
        "PRE-1/not-before-within-leeway",
        "`nbf` 60 s ahead, leeway 60 s",
        |f| f.token().claim("nbf", f.now().as_seconds() + 60).sign(),
        OK,
    )
    .given(Precondition::FixedClock),
    Case::bearer(
        "PRE-1/issued-within-leeway",
        "`iat` 60 s ahead, leeway 60 s",
        |f| f.token().issued_in(60).sign(),
        OK,
    )
    .given(Precondition::FixedClock),
    Case::bearer(
        "PRE-1/longest-lifetime",
        "a lifetime of exactly 24 hours",
        |f| f.token().expires_in(86_400).sign(),
        OK,
    )
    .given(Precondition::FixedClock),
    Case::bearer(
        "PRE-1/fractional-exp",
        "`exp` with a fraction of a second",
        |f| {
            let exp = serde_json::json!(f.now().as_seconds())
                .as_f64()
                .unwrap_or(0.0)
                + 120.5;
            f.token().claim("exp", exp).sign()
        },
        OK,
    ),
    Case::bearer(
        "PRE-1/no-iat",
        "no `iat`",
        |f| f.token().without_claim("iat").sign(),
        OK,
    ),
    Case::bearer(
        "PRE-1/largest",
        "a token of exactly 8,192 bytes",
        |f| of_length(f, 8192),
        OK,
    ),
    Case::bearer(
        "PRE-1/unknown-members",
        "header parameters and claims that nobody knows",
        |f| {
            let nested = serde_json::json!({ "a": [1, { "b": null }] });
            f.token().header("x", "y").claim("ext", nested).sign()
        },
        OK,
    ),
    Case::wire(
        "PRE-1/lower-case-scheme",
        "`bearer` in lower case",
        Presentation::Authorization,
        |f| {
            let token = f.token().sign();
            Presented::header(format!("bearer {}", token.expose()).into_bytes(), token)
        },
        OK,
    ),
    Case::wire(
        "PRE-1/upper-case-scheme",
        "`BEARER` in upper case",
        Presentation::Authorization,
        |f| {
            let token = f.token().sign();
            Presented::header(format!("BEARER {}", token.expose()).into_bytes(), token)
        },
        OK,
    ),
    Case::wire(
        "PRE-1/cookie",
        "in the cookie that the service reads",
        Presentation::Cookie,
        |f| Presented::default().and_cookie(f.cookie_name(), f.token().sign()),
        OK,
    )
    .given(Precondition::Cookie),
];

const OK: Expect = Expect::accepted();
