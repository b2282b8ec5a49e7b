use jwtrail_event::events::Evidence;
use jwtrail_event::{Reason, Text};
use jwtrail_verify::{KeySet, Profile, Verifier};
use serde_json::{Value, json};

use crate::support::{
    AUDIENCE, HS256, ISSUER, NOW, Trusted, at, build, builder, changed, claims, good, trust,
    verify, with_claim, with_header,
};

/// The reason; everything that fails here fails under a good signature.
pub(crate) fn reason(token: &str) -> Option<Reason> {
    let (reason, trust) = match verify(token) {
        Ok(_) => return None,
        Err(rejection) => (rejection.reason(), trust(&rejection)),
    };
    assert_eq!(trust, Trusted::Signed);
    Some(reason)
}

pub(crate) fn reason_with(name: &str, value: Value) -> Option<Reason> {
    reason(&with_claim(name, Some(value)))
}

#[test]
fn the_strict_profile_takes_at_jwt_in_any_case() {
    for typ in [
        "at+jwt",
        "AT+JWT",
        "application/at+jwt",
        "Application/At+Jwt",
    ] {
        assert_eq!(reason(&with_header("typ", Some(json!(typ)))), None);
    }
    for typ in [
        "JWT",
        "rt+jwt",
        "logout+jwt",
        "dpop+jwt",
        "at+jwt ",
        "",
        "application/JWT",
    ] {
        let token = with_header("typ", Some(json!(typ)));
        assert_eq!(reason(&token), Some(Reason::WrongType), "{typ}");
    }
    assert_eq!(reason(&with_header("typ", None)), Some(Reason::WrongType));
    let number = with_header("typ", Some(json!(1)));
    assert_eq!(reason(&number), Some(Reason::WrongType));
}

#[test]
fn the_legacy_profile_takes_jwt_or_none() {
    let verifier = build(builder().profile(Profile::Legacy));
    let reason = |token: &str| verifier.verify(token, at(NOW)).err().map(|r| r.reason());
    for typ in ["JWT", "jwt"] {
        assert_eq!(reason(&with_header("typ", Some(json!(typ)))), None);
    }
    assert_eq!(reason(&with_header("typ", None)), None);
    for typ in [
        json!("rt+jwt"),
        json!("at+jwt"),
        json!(""),
        json!(1),
        json!(null),
    ] {
        assert_eq!(
            reason(&with_header("typ", Some(typ))),
            Some(Reason::WrongType)
        );
    }
}

/// What `jsonwebtoken` 11.1 was measured to accept with audience and issuer configured.
#[test]
fn what_a_well_known_library_takes_is_refused() {
    for (name, value, expected) in [
        ("aud", json!(123), Reason::BadClaimType),
        ("aud", json!(["evil", 1]), Reason::BadClaimType),
        ("aud", json!([AUDIENCE, 1]), Reason::BadClaimType),
        ("aud", Value::Null, Reason::BadClaimType),
        ("nbf", json!(NOW + 3600), Reason::NotYetValid),
    ] {
        assert_eq!(
            reason_with(name, value.clone()),
            Some(expected),
            "{name} {value}"
        );
    }
    assert_eq!(reason(&with_claim("aud", None)), Some(Reason::MissingClaim));
    for value in [json!({}), json!([ISSUER]), json!(1), Value::Null] {
        assert_eq!(reason_with("iss", value), Some(Reason::BadClaimType));
    }
    assert_eq!(reason(&with_claim("iss", None)), Some(Reason::MissingClaim));
    let critical = verify(&with_header("crit", Some(json!(["unheard-of"])))).unwrap_err();
    assert_eq!(critical.reason(), Reason::UnsupportedCritical);
    let empty = jwtrail_verify::Key::hmac(jwtrail_verify::Algorithm::Hs256, b"", None);
    assert!(empty.is_err());
}

#[test]
fn exp_iss_aud_and_sub_are_required() {
    for name in ["exp", "iss", "aud", "sub"] {
        assert_eq!(
            reason(&with_claim(name, None)),
            Some(Reason::MissingClaim),
            "{name}"
        );
    }
    assert_eq!(reason_with("sub", json!("")), Some(Reason::MissingClaim));
    let empty = HS256.sign(HS256.header(), "{}");
    assert_eq!(reason(&empty), Some(Reason::MissingClaim));
    for name in ["jti", "iat", "client_id", "scope", "sid"] {
        assert_eq!(reason(&with_claim(name, None)), None, "{name}");
    }
}

#[test]
fn aud_is_a_string_or_an_array_of_strings() {
    for value in [
        json!(123),
        json!(null),
        json!({ "aud": AUDIENCE }),
        json!([AUDIENCE, 1]),
        json!([[AUDIENCE]]),
        json!(true),
        json!([null]),
    ] {
        assert_eq!(
            reason_with("aud", value.clone()),
            Some(Reason::BadClaimType),
            "{value}"
        );
    }
    for value in [
        json!(AUDIENCE),
        json!([AUDIENCE]),
        json!(["other", AUDIENCE]),
    ] {
        assert_eq!(reason_with("aud", value), None);
    }
    for value in [
        json!("other"),
        json!([]),
        json!(""),
        json!("orders-api/admin"),
        json!("ORDERS-API"),
        json!("orders"),
        json!(["other", "orders-api "]),
    ] {
        assert_eq!(
            reason_with("aud", value.clone()),
            Some(Reason::BadAudience),
            "{value}"
        );
    }
}

#[test]
fn texts_are_texts() {
    for name in ["iss", "sub", "jti", "client_id", "azp", "sid"] {
        for value in [
            json!(1),
            json!(null),
            json!({}),
            json!([ISSUER]),
            json!(false),
        ] {
            assert_eq!(
                reason_with(name, value.clone()),
                Some(Reason::BadClaimType),
                "{name} {value}"
            );
        }
    }
    for name in ["scope", "scp"] {
        for value in [
            json!(1),
            json!(null),
            json!({}),
            json!([1]),
            json!(["a b"]),
            json!([""]),
        ] {
            assert_eq!(
                reason_with(name, value.clone()),
                Some(Reason::BadClaimType),
                "{name} {value}"
            );
        }
    }
}

/// Tokens with every fault from one on: the first in the documented order is named.
#[test]
fn the_first_fault_in_the_documented_order_is_the_reason() {
    let faults: [(&str, Value, Reason); 6] = [
        ("sub", json!(1), Reason::BadClaimType),
        ("sub", json!(""), Reason::MissingClaim),
        ("aud", json!("other"), Reason::BadAudience),
        ("exp", json!(NOW - 100), Reason::Expired),
        ("nbf", json!(NOW + 100), Reason::NotYetValid),
        ("iat", json!(NOW + 100), Reason::IssuedInFuture),
    ];
    for first in 0..faults.len() {
        let mut token_claims = claims();
        for (name, value, _) in faults[first..].iter().rev() {
            token_claims = changed(token_claims, name, Some(value.clone()));
        }
        let wrong = HS256.sign(changed(HS256.header(), "typ", None), &token_claims);
        assert_eq!(reason(&wrong), Some(Reason::WrongType));
        let token = HS256.sign(HS256.header(), &token_claims);
        assert_eq!(reason(&token), Some(faults[first].2));
    }
}

#[test]
fn what_fails_here_is_evidence_with_trust_signed() {
    let rejection = verify(&with_claim("exp", Some(json!(NOW - 100)))).unwrap_err();
    let steps = rejection.steps().to_string();
    assert_eq!(
        steps,
        "parse:ok header:ok key:ok signature:ok claims:expired"
    );
    let Evidence::Signed { header, claims } = rejection.evidence() else {
        panic!("not signed");
    };
    assert_eq!(header.typ, Some(Text::from("at+jwt")));
    assert_eq!(claims.jti, Some(Text::from("t-1")));
    assert_eq!(claims.sub, Some(Text::from("user-7")));
    assert_eq!(claims.aud, [Text::from(AUDIENCE)]);
    assert_eq!(claims.client_id, Some(Text::from("web")));
    assert_eq!(claims.scope, Some(Text::from("orders:read orders:write")));
    assert_eq!((claims.exp, claims.iat), (Some(NOW - 100), Some(NOW - 10)));
}

#[test]
fn any_audience_is_dangerous_and_says_so() {
    assert!(build(builder()).unsafe_options().is_empty());
    let keys = KeySet::new(vec![HS256.key()]).unwrap();
    let verifier = build(
        Verifier::builder()
            .issuer(ISSUER, keys)
            .dangerous_any_audience(),
    );
    assert_eq!(verifier.unsafe_options(), ["dangerous_any_audience"]);
    for token in [
        with_claim("aud", Some(json!("other"))),
        with_claim("aud", None),
    ] {
        assert!(verifier.verify(&token, at(NOW)).is_ok());
    }
    let ill = verifier.verify(&with_claim("aud", Some(json!(1))), at(NOW));
    assert_eq!(ill.unwrap_err().reason(), Reason::BadClaimType);
}

#[test]
fn every_audience_that_was_named_is_ours() {
    let verifier = build(builder().also_audience("orders-api-v2"));
    for name in [AUDIENCE, "orders-api-v2"] {
        let token = with_claim("aud", Some(json!(name)));
        assert!(verifier.verify(&token, at(NOW)).is_ok());
    }
}

#[test]
fn an_empty_jti_is_no_identity() {
    let token = verify(&with_claim("jti", Some(json!("")))).unwrap().token;
    assert_eq!(token.jti(), None);
    assert_eq!(token.event_claims().jti, None);
}

#[test]
fn a_verified_token_says_what_it_claims() {
    #[derive(serde::Deserialize)]
    struct Own {
        sub: String,
        sid: String,
    }
    let token = verify(&good()).unwrap().token;
    assert_eq!((token.iss(), token.sub()), (ISSUER, "user-7"));
    assert_eq!((token.jti(), token.client_id()), (Some("t-1"), Some("web")));
    assert_eq!(
        (token.exp(), token.iat()),
        (Some(NOW + 290), Some(NOW - 10))
    );
    assert_eq!(token.family(), Some("family-1"));
    assert_eq!(token.aud().collect::<Vec<_>>(), [AUDIENCE]);
    let own: Own = token.claims().unwrap();
    assert_eq!((own.sub.as_str(), own.sid.as_str()), ("user-7", "family-1"));
    assert!(token.claims::<Vec<u8>>().is_err());
    assert_eq!(token.event_header().kid, Some(Text::from("h")));
    assert_eq!(token.event_claims().sub, Some(Text::from("user-7")));
    let azp = changed(
        changed(claims(), "client_id", None),
        "azp",
        Some(json!("app")),
    );
    let verified = verify(&HS256.sign(HS256.header(), azp)).unwrap();
    assert_eq!(verified.token.client_id(), Some("app"));
}

#[test]
fn nothing_prints_the_token() {
    let token = good();
    let verified = format!("{:?}", verify(&token).unwrap());
    let bad = with_claim("exp", Some(json!(1)));
    let rejection = verify(&bad).unwrap_err();
    let rejected = format!("{rejection:?} {rejection}");
    assert!(verified.contains("VerifiedToken"), "{verified}");
    assert!(rejected.contains("Expired"), "{rejected}");
    assert!(rejected.contains("claims:expired"), "{rejected}");
    for (text, token) in [(verified, token), (rejected, bad)] {
        for segment in token.split('.') {
            assert!(!text.contains(segment));
        }
        assert!(!text.contains("user-7"));
    }
}
