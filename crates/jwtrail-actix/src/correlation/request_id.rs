use actix_web::http::header::HeaderValue;
use jwtrail_event::Text;

/// A request id that may be kept: of harmless characters, not too long, and not a token that
/// somebody put into the wrong header.
pub(super) fn is_good(value: &&HeaderValue) -> bool {
    value.to_str().is_ok_and(|text| read(text).is_some())
}

fn read(text: &str) -> Option<&str> {
    let harmless = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    let good = (1..=MAX_LENGTH).contains(&text.len())
        && text.bytes().all(harmless)
        && !looks_like_a_token(text);
    good.then_some(text)
}

/// Whether a token begins anywhere in it. Three parts with a dot between them are one, too.
fn looks_like_a_token(text: &str) -> bool {
    let parts = text.split('.').filter(|part| part.len() >= 8).count();
    parts >= 3 || Text::from_header(text.as_bytes()).as_str() != text
}

const MAX_LENGTH: usize = 128;

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn only_harmless_short_ids_that_are_no_tokens_are_kept() {
        for good in [
            "a",
            "req-1.2_3",
            "0b5bfa3e-5b0f-4d1e-9c5b-1e6a2f0c1d2e",
            &"x".repeat(128),
        ] {
            assert_eq!(read(good), Some(good));
        }
        for bad in [
            "",
            &"x".repeat(129),
            "a b",
            "a\u{e9}",
            "a\"",
            "a;b",
            "eyJhbGciOiJIUzI1NiJ9",
            "abcdefgh.abcdefgh.abcdefgh",
            "jwtrail_rt_AAAA",
            "req-eyJhbGciOiJIUzI1NiJ9",
            "Bearer_jwtrail_rt_AAAA",
            // Its header is `{ "alg":"HS256"}`.
            &format!("eyAiYWxnIjoiSFMyNTYifQ.e30.{}", "s".repeat(43)),
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
