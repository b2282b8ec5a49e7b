/// Whether everybody knows this secret: it stands in tutorials, default configurations, or the
/// RFCs' examples, or is such a word said again and again until it was long enough.
pub(super) fn contains(secret: &[u8]) -> bool {
    let trimmed = secret.trim_ascii();
    trimmed.is_empty()
        || PUBLISHED.iter().any(|word| repeats(trimmed, word))
        || trimmed == RFC_7515_A1
}

/// Whether the text is the word, once or more often, the last time perhaps cut short.
fn repeats(text: &[u8], word: &[u8]) -> bool {
    text.len() >= word.len()
        && text.chunks(word.len()).all(|chunk| {
            word.get(..chunk.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(chunk))
        })
}

const PUBLISHED: &[&[u8]] = &[
    b"secret",
    b"secretkey",
    b"secret_key",
    b"secret-key",
    b"supersecret",
    b"super-secret",
    b"supersecretkey",
    b"super-secret-key",
    b"mysecret",
    b"my-secret",
    b"my_secret",
    b"mysecretkey",
    b"my-secret-key",
    b"jwt",
    b"jwt_secret",
    b"jwt-secret",
    b"jwtsecret",
    b"jwt_secret_key",
    b"password",
    b"changeme",
    b"change-me",
    b"change_me",
    b"changeit",
    b"key",
    b"private",
    b"test",
    b"admin",
    b"default",
    b"undefined",
    b"null",
    b"none",
    b"123456",
    b"your-secret",
    b"your-secret-key",
    b"your_secret_key",
    b"your-jwt-secret",
    b"your-256-bit-secret",
    b"your-384-bit-secret",
    b"your-512-bit-secret",
    b"a-string-secret-at-least-256-bits-long",
    b"a-valid-string-secret-that-is-at-least-384-bits-long",
    b"a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
    b"your-super-secret-jwt-token-with-at-least-32-characters-long",
    b"your-256-bit-secret-your-256-bit-secret",
    b"qwertyuiopasdfghjklzxcvbnm123456",
    b"01234567890123456789012345678901",
    b"0123456789abcdef0123456789abcdef",
];

/// The key of the example in RFC 7515 appendix A.1.
const RFC_7515_A1: &[u8] = &[
    3, 35, 53, 75, 43, 15, 165, 188, 131, 126, 6, 101, 119, 123, 166, 143, 90, 179, 40, 230, 240,
    84, 201, 40, 169, 15, 132, 178, 210, 80, 46, 191, 211, 251, 90, 146, 210, 6, 71, 239, 150, 138,
    180, 195, 119, 98, 61, 34, 61, 46, 33, 114, 5, 46, 79, 8, 192, 205, 154, 245, 103, 208, 128,
    163,
];
