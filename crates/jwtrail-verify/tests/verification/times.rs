use jwtrail_event::Reason;
use jwtrail_verify::BuildError;
use serde_json::json;

use crate::claims::{reason, reason_with};
use crate::support::{
    HS256, NOW, Trusted, at, build, builder, changed, claims, good, refusal, seed, with_claim,
};

#[test]
fn a_numeric_date_is_a_finite_number_in_range() {
    for name in ["exp", "nbf", "iat"] {
        for value in [
            json!("1800000000"),
            json!(null),
            json!(true),
            json!([1]),
            json!({}),
            json!(1e300),
            json!(-1e300),
            json!(i64::MAX),
            json!(i64::MIN),
            json!(u64::MAX),
        ] {
            let found = reason_with(name, value.clone());
            assert_eq!(found, Some(Reason::BadClaimType), "{name} {value}");
        }
    }
    let infinite = claims()
        .to_string()
        .replace(&(NOW + 290).to_string(), "1e999");
    let token = HS256.sign(HS256.header(), infinite);
    assert_eq!(refusal(&token), (Reason::MalformedToken, Trusted::No));
    assert_eq!(reason_with("exp", json!(NOW as f64 + 290.5)), None);
}

#[test]
fn leeway_is_sixty_seconds_on_each_side() {
    assert_eq!(reason_with("exp", json!(NOW - 59)), None);
    assert_eq!(reason_with("exp", json!(NOW - 60)), Some(Reason::Expired));
    assert_eq!(reason_with("nbf", json!(NOW + 60)), None);
    assert_eq!(
        reason_with("nbf", json!(NOW + 61)),
        Some(Reason::NotYetValid)
    );
    assert_eq!(reason_with("iat", json!(NOW + 60)), None);
    assert_eq!(
        reason_with("iat", json!(NOW + 61)),
        Some(Reason::IssuedInFuture)
    );
    assert_eq!(
        reason_with("exp", json!(NOW as f64 - 59.5)),
        Some(Reason::Expired)
    );
    assert_eq!(
        reason_with("nbf", json!(NOW as f64 + 60.5)),
        Some(Reason::NotYetValid)
    );
    let none = build(builder().leeway(0));
    let expired = with_claim("exp", Some(json!(NOW)));
    assert_eq!(
        none.verify(&expired, at(NOW)).unwrap_err().reason(),
        Reason::Expired
    );
}

#[test]
fn times_at_the_ends_saturate() {
    let last = 253_402_300_799_i64;
    let verifier = build(builder().leeway(300).dangerous_any_lifetime());
    for name in ["exp", "nbf", "iat"] {
        for value in [last, -62_167_219_200] {
            for now in [i64::MIN, 0, i64::MAX] {
                // No overflow, whatever the answer.
                let _answer = verifier.verify(&with_claim(name, Some(json!(value))), at(now));
            }
        }
    }
    let token = with_claim("exp", Some(json!(last)));
    assert!(verifier.verify(&token, at(last)).is_ok());
}

#[test]
fn a_lifetime_of_24_hours_at_most() {
    assert_eq!(reason_with("exp", json!(NOW - 10 + 86_400)), None);
    assert_eq!(
        reason_with("exp", json!(NOW - 10 + 86_401)),
        Some(Reason::LifetimeTooLong)
    );
    assert_eq!(
        reason_with("exp", json!(253_402_300_799_i64)),
        Some(Reason::LifetimeTooLong)
    );
    let without_iat = |exp| {
        let claims = changed(changed(claims(), "iat", None), "exp", Some(json!(exp)));
        reason(&HS256.sign(HS256.header(), claims))
    };
    assert_eq!(without_iat(NOW + 86_400), None);
    assert_eq!(without_iat(NOW + 86_401), Some(Reason::LifetimeTooLong));
    let short = build(builder().max_lifetime(299));
    assert_eq!(
        short.verify(&good(), at(NOW)).unwrap_err().reason(),
        Reason::LifetimeTooLong
    );
}

#[test]
fn any_lifetime_is_dangerous_and_says_so() {
    let verifier = build(builder().dangerous_any_lifetime());
    assert_eq!(verifier.unsafe_options(), ["dangerous_any_lifetime"]);
    let token = with_claim("exp", Some(json!(253_402_300_799_i64)));
    assert!(verifier.verify(&token, at(NOW)).is_ok());
    for seconds in [0, 2_592_001, u64::MAX] {
        let refused = builder().max_lifetime(seconds).build(seed()).unwrap_err();
        assert_eq!(refused, BuildError::Lifetime { seconds });
    }
    let longest = build(builder().max_lifetime(2_592_000));
    assert!(longest.unsafe_options().is_empty());
    let token = with_claim("exp", Some(json!(NOW - 10 + 2_592_001)));
    let rejection = longest.verify(&token, at(NOW)).unwrap_err();
    assert_eq!(rejection.reason(), Reason::LifetimeTooLong);
}
