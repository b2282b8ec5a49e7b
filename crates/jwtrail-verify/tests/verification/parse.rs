use jwtrail_event::Reason;
use jwtrail_event::events::Evidence;
use serde_json::json;

use crate::support::{
    HS256, NOW, Trusted, at, build, builder, claims, encode, good, refusal, trust, verify,
    with_claim,
};

const MALFORMED: (Reason, Trusted) = (Reason::MalformedToken, Trusted::No);

#[test]
fn a_good_token_passes() {
    let verified = verify(&good()).unwrap();
    assert_eq!(
        verified.steps.to_string(),
        "parse:ok header:ok key:ok signature:ok claims:ok"
    );
}

#[test]
fn three_segments() {
    let token = good();
    let [header, payload, signature] =
        <[&str; 3]>::try_from(token.split('.').collect::<Vec<_>>()).unwrap();
    for bad in [
        "",
        ".",
        "..",
        "word",
        &format!("{header}.{payload}"),
        &format!("{token}."),
        &format!(".{token}"),
        &format!("{header}.{payload}.{payload}.{payload}.{signature}"),
    ] {
        assert_eq!(refusal(bad), MALFORMED, "{bad}");
    }
}

#[test]
fn only_the_base64url_alphabet_without_padding_or_whitespace() {
    let token = good();
    for (at, _) in token.match_indices('.').chain([(token.len(), "")]) {
        for byte in ['=', ' ', '\n', '\t', '+', '/', '%', '\0', 'é'] {
            let mut bad = token.clone();
            bad.insert(at, byte);
            assert_eq!(refusal(&bad), MALFORMED, "{byte:?} at {at}");
        }
    }
    for bad in [
        format!(" {token}"),
        format!("{token}\n"),
        format!("Bearer {token}"),
    ] {
        assert_eq!(refusal(&bad), MALFORMED);
    }
}

#[test]
fn one_spelling_of_each_segment() {
    let token = good();
    let (rest, last) = token.split_at(token.len() - 1);
    // An HMAC-SHA-256 leaves two unused bits in its last character.
    for other in ["A", "B", "C", "D", "E", "F", "G", "H"]
        .iter()
        .filter(|c| **c != last)
    {
        let (reason, _) = refusal(&format!("{rest}{other}"));
        let spelled_twice = matches!(*other, "B" | "C" | "D" | "F" | "G" | "H");
        if spelled_twice {
            assert_eq!(reason, Reason::MalformedToken, "{other}");
        } else {
            assert_eq!(reason, Reason::BadSignature, "{other}");
        }
    }
}

#[test]
fn eight_kib_at_most_unless_configured() {
    let padded = |length: usize| {
        (0..8192)
            .map(|pad| with_claim("pad", Some(json!("p".repeat(pad)))))
            .skip(5_500)
            .find(|token| token.len() >= length)
            .unwrap()
    };
    let long = padded(8193);
    assert_eq!(refusal(&long), (Reason::TokenTooLarge, Trusted::No));
    let exact = build(builder().max_token_bytes(long.len()));
    assert!(exact.verify(&long, at(NOW)).is_ok());
    let short = build(builder().max_token_bytes(good().len() - 1));
    let rejection = short.verify(&good(), at(NOW)).unwrap_err();
    assert_eq!(rejection.reason(), Reason::TokenTooLarge);
    assert_eq!(rejection.steps().to_string(), "parse:token_too_large");
}

#[test]
fn json_objects_only() {
    let (header, payload) = (HS256.header().to_string(), claims().to_string());
    for bad in ["", "x", "[]", "\"text\"", "1", "null", "{", "{}x"] {
        assert_eq!(refusal(&HS256.sign(bad, &payload)), MALFORMED, "{bad}");
        assert_eq!(refusal(&HS256.sign(&header, bad)), MALFORMED, "{bad}");
    }
    let not_utf_8 = HS256.sign_bytes(header.as_bytes(), b"{\"sub\":\"\xff\"}");
    assert_eq!(refusal(&not_utf_8), MALFORMED);
    let deep = format!("{{\"x\":{}{}}}", "[".repeat(1500), "]".repeat(1500));
    assert_eq!(refusal(&HS256.sign(&header, deep)), MALFORMED);
}

#[test]
fn an_object_is_never_taken_for_a_number() {
    // As serde_json writes a number inside, with its feature `arbitrary_precision`.
    let number = json!({ "$serde_json::private::Number": (NOW + 290).to_string() });
    assert_eq!(refusal(&with_claim("exp", Some(number))), MALFORMED);
}

#[test]
fn duplicate_members_are_refused_at_every_depth() {
    let header = HS256.header().to_string();
    let twice = |object: &str, member: &str| object.replacen('{', &format!("{{{member},"), 1);
    for member in [
        "\"alg\":\"none\"",
        "\"x\":{\"y\":1,\"y\":1}",
        "\"x\":[{\"y\":1,\"y\":1}]",
        "\"\\u0061lg\":\"none\"",
    ] {
        let token = HS256.sign(twice(&header, member), claims());
        assert_eq!(refusal(&token), MALFORMED, "{member}");
    }
    let payload = claims().to_string();
    for member in [
        "\"sub\":\"admin\"",
        "\"x\":{\"y\":1,\"y\":1}",
        "\"x\":[[{\"y\":1,\"y\":1}]]",
        "\"s\\u0075b\":\"admin\"",
    ] {
        let token = HS256.sign(&header, twice(&payload, member));
        assert_eq!(refusal(&token), MALFORMED, "{member}");
    }
}

#[test]
fn what_can_be_read_of_a_malformed_token_is_claimed() {
    let (header, payload) = (HS256.header().to_string(), claims().to_string());
    let token = format!(
        "{}.{}.!!",
        encode(header.as_bytes()),
        encode(payload.as_bytes())
    );
    let rejection = verify(&token).unwrap_err();
    assert_eq!(trust(&rejection), Trusted::No);
    let Evidence::Unverified { header, claimed } = rejection.evidence() else {
        panic!("not unverified");
    };
    assert_eq!(header.kid.unwrap(), "h");
    assert_eq!(header.alg.unwrap(), "HS256");
    assert_eq!(claimed.sub.unwrap(), "user-7");
    assert_eq!(claimed.jti.unwrap(), "t-1");
}
