//! Where a token begins in a header that is not for tokens.

/// Whether a token may be there. Few headers are so long, or have either of the bytes that are in
/// the beginning of most tokens.
pub(super) fn may_hold_token(bytes: &[u8]) -> bool {
    bytes.len() >= SHORTEST || may_hold_beginning(bytes)
}

/// What comes before the first token.
#[inline(never)]
pub(super) fn before_token(bytes: &[u8]) -> &[u8] {
    match may_hold_beginning(bytes) || has_long_run(bytes) {
        true => before_the_first(bytes),
        false => bytes,
    }
}

/// Eight bytes are looked at at a time, the last ones maybe twice.
fn may_hold_beginning(bytes: &[u8]) -> bool {
    let Some(last) = bytes.last_chunk::<8>() else {
        // Too short for the longer one; the other's third byte is its first that is rare.
        return bytes.iter().skip(2).any(|byte| *byte == b'J');
    };
    let may_hold = |eight: &[u8; 8]| {
        let word = u64::from_ne_bytes(*eight);
        has(word, b'J') | has(word, b'_')
    };
    let (eights, _) = bytes.as_chunks::<8>();
    let found = may_hold(last);
    eights
        .iter()
        .fold(found, |found, eight| found | may_hold(eight))
}

#[cold]
fn before_the_first(bytes: &[u8]) -> &[u8] {
    let begins = |at: &usize| {
        let rest = bytes.get(*at..).unwrap_or_default();
        TOKENS.iter().any(|token| rest.starts_with(token))
    };
    let plain = (0..bytes.len()).find(begins).unwrap_or(bytes.len());
    let end = plain.min(spaced(bytes).unwrap_or(plain));
    bytes.get(..end).unwrap_or(bytes)
}

/// Whether so many bytes of a token are together that a signed one may be among them. From so far
/// on it looks back to the last byte that is of no token, and goes on as far after that one.
fn has_long_run(bytes: &[u8]) -> bool {
    let mut end = SHORTEST;
    while let Some(run) = bytes.get(end - SHORTEST..end) {
        match run.iter().rposition(|byte| !is_of_token(*byte)) {
            None => return true,
            Some(at) => end += at + 1,
        }
    }
    false
}

const fn is_of_token(byte: u8) -> bool {
    byte == b'.' || sextet(byte).is_some()
}

/// Where the first JWT begins whose header has spaces or lines before the first name.
fn spaced(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if sextet(*byte).is_some() {
            continue;
        }
        let run = bytes.get(from..at).unwrap_or_default();
        if *byte == b'.'
            && let Some(start) = (0..run.len()).find(|start| is_header(run, *start))
        {
            return Some(from + start);
        }
        from = at + 1;
    }
    None
}

/// Whether an object of JSON is what this is from here to its end, in base64url: no name of a
/// product is that by chance.
fn is_header(run: &[u8], start: usize) -> bool {
    let header = run.get(start..).unwrap_or_default();
    let of_object = |byte: &u8| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let begin = decoded(header.get(..LOOKED_AT).unwrap_or(header)).filter(of_object);
    if header.len() % 4 == 1 || !begin.take(2).eq(*b"{\"") {
        return false;
    }
    let tail = header.len().div_ceil(4).saturating_sub(LOOKED_AT / 4) * 4;
    let tail = header.get(tail..).unwrap_or_default();
    decoded(tail).filter(of_object).last() == Some(b'}')
}

/// The bytes that this is the base64url of.
fn decoded(text: &[u8]) -> impl Iterator<Item = u8> {
    text.chunks(4).flat_map(|four| {
        let bits = four
            .iter()
            .chain([&b'A'; 4])
            .take(4)
            .fold(0, |bits: u32, byte| {
                bits << 6 | u32::from(sextet(*byte).unwrap_or_default())
            });
        let [_, bytes @ ..] = bits.to_be_bytes();
        bytes.into_iter().take(four.len() * 3 / 4)
    })
}

const fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'-' => Some(62),
        b'_' => Some(63),
        _ => None,
    }
}

/// Whether one of a word's bytes is this one: where they are the same, nothing is left, and only
/// taking one from nothing borrows the highest bit.
const fn has(word: u64, byte: u8) -> bool {
    let left = word ^ u64::from_ne_bytes([byte; 8]);
    left.wrapping_sub(0x0101_0101_0101_0101) & !left & 0x8080_8080_8080_8080 != 0
}

/// How tokens begin: a JWT with the base64url of `{"`, a refresh token of ours with its prefix.
const TOKENS: [&[u8]; 2] = [b"eyJ", b"jwtrail_rt_"];

/// No JWT is shorter that says its algorithm and has a signature of 32 bytes.
const SHORTEST: usize = 64;

/// So much of a header's base64url is looked at, at either end. Who writes JSON on several lines
/// has fewer spaces there.
const LOOKED_AT: usize = 48;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Text;

    #[test]
    fn a_token_is_found_wherever_it_begins() {
        for token in TOKENS.map(|token| String::from_utf8_lossy(token)) {
            for (before, after) in
                (0..20).flat_map(|before| (0..20).map(move |after| (before, after)))
            {
                let header = format!("{}{token}{}", "a".repeat(before), "a".repeat(after));
                let text = Text::from_header(header.as_bytes());
                assert_eq!(text.as_str(), "a".repeat(before), "{header}");
            }
        }
    }

    #[test]
    fn a_token_is_found_however_its_header_is_written() {
        for header in [
            "{ \"alg\": \"HS256\" }",
            "{\n  \"alg\": \"HS256\",\n  \"typ\": \"JWT\"\n}",
            "{\r\n    \"typ\": \"JWT\",\r\n    \"alg\": \"ES256\"\r\n}\r\n",
            "{\t\"alg\":\"EdDSA\"}",
            " {\"alg\":\"HS256\"}",
            "\n\n{\"\":0,\"alg\":\"HS256\"} ",
        ] {
            let signature = "s".repeat(43);
            let token = format!("{}.e30.{signature}", encoded(header.as_bytes()));
            for before in [
                "",
                "a ",
                "Bearer ",
                "x-",
                "Mozilla/5.0 (Windows NT 10.0; Win64) ",
            ] {
                for after in ["", " ", ", and more"] {
                    let text = format!("{before}{token}{after}");
                    let found = Text::from_header(text.as_bytes());
                    assert_eq!(found.as_str(), before, "{header:?}: {text}");
                }
            }
        }
    }

    #[test]
    fn names_of_products_are_no_tokens() {
        let of_the_form = format!(
            "org.{}framework.{}.{}",
            "a".repeat(40),
            "b".repeat(30),
            "c.d"
        );
        for header in [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/124.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like \
             Gecko) Version/17.4.1 Safari/605.1.15",
            "com.example.homeworkviewport.framework.networking_keyboard.apple.WebKit.Networking",
            "https://a-very-long-name-of-a-tenant-with-dashes.region-1.framework.viewport.example",
            "0b5bfa3e-5b0f-4d1e-9c5b-1e6a2f0c1d2e.0b5bfa3e-5b0f-4d1e-9c5b-1e6a2f0c1d2e.10.0_1",
            &of_the_form,
        ] {
            assert_eq!(Text::from_header(header.as_bytes()).as_str(), header);
        }
    }

    proptest::proptest! {
        #[test]
        fn a_byte_is_found_in_a_word(word: [u8; 8], byte: u8) {
            let found = has(u64::from_ne_bytes(word), byte);
            proptest::prop_assert_eq!(found, word.contains(&byte));
        }

        #[test]
        fn a_long_run_is_found_wherever_it_is(
            text in "[a .]{0,40}[a.]{60,70}[a .]{0,40}",
        ) {
            let bytes = text.as_bytes();
            let long = text.split(' ').any(|word| word.len() >= SHORTEST);
            proptest::prop_assert_eq!(has_long_run(bytes), long);
        }

        #[test]
        fn what_is_encoded_is_decoded(bytes: Vec<u8>) {
            let again: Vec<u8> = decoded(encoded(&bytes).as_bytes()).collect();
            proptest::prop_assert_eq!(again, bytes);
        }
    }

    /// Base64url by its definition, bit by bit.
    fn encoded(bytes: &[u8]) -> String {
        let bit = |at: usize| {
            let byte = bytes.get(at / 8).copied().unwrap_or_default();
            byte >> (7 - at % 8) & 1
        };
        (0..bytes.len() * 8)
            .step_by(6)
            .map(|at| (at..at + 6).fold(0, |six, at| six << 1 | bit(at)))
            .map(|six| (0..=255).find(|byte| sextet(*byte) == Some(six)).unwrap())
            .map(char::from)
            .collect()
    }
}
