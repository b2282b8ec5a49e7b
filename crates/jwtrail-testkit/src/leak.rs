use std::collections::HashMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use jwtrail_event::SecretToken;

/// Searches bytes for tokens: each as it is, percent-encoded, in base64 and in hexadecimal, and
/// any 20 bytes on end of its payload and signature in each of these.
///
/// The header alone is no secret and is not searched for. A token of fewer than eight bytes is
/// no secret either.
///
/// ```
/// use jwtrail_event::SecretToken;
/// use jwtrail_testkit::find_leaks;
///
/// let token = SecretToken::new("eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJlIG9mIHRoZSBpc3N1ZXI".to_owned());
/// assert!(find_leaks(b"all is well", &[token.clone()]).is_empty());
/// assert_eq!(find_leaks(b"sig=c2lnbmF0dXJlIG9mIHRoZSBpc3N", &[token]).len(), 1);
/// ```
#[must_use]
pub fn find_leaks(written: &[u8], tokens: &[SecretToken]) -> Vec<Leak> {
    let needles: Vec<Needle> = tokens
        .iter()
        .enumerate()
        .flat_map(|(index, token)| needles(index, token.expose()))
        .collect();
    let mut leaks = Vec::new();
    let mut text = written.to_vec();
    for round in 0..=PERCENT_ROUNDS {
        for mut leak in search(&text, &needles) {
            if round > 0 && leak.form == LeakForm::Plain {
                leak.form = LeakForm::Percent;
            }
            if !leaks
                .iter()
                .any(|known: &Leak| known.token == leak.token && known.form == leak.form)
            {
                leaks.push(leak);
            }
        }
        let decoded = percent_decoded(&text);
        if decoded == text {
            break;
        }
        text = decoded;
    }
    leaks
}

/// A token, or a part of one, that was found where none may be. It does not repeat it.
///
/// ```
/// use jwtrail_event::SecretToken;
/// use jwtrail_testkit::{Leak, find_leaks};
///
/// let token = SecretToken::new("a-secret-that-is-opaque".to_owned());
/// let leaks: Vec<Leak> = find_leaks(b"token=a-secret-that-is-opaque", &[token]);
/// assert_eq!(leaks[0].to_string(), "token 0 stands as it is at byte 6");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Leak {
    /// Which of the tokens, from 0.
    pub token: usize,
    /// How it was written.
    pub form: LeakForm,
    /// Where it begins, in bytes; after decoding, where it was percent-encoded.
    pub at: usize,
}

/// How a leaked token was written.
///
/// ```
/// use jwtrail_event::SecretToken;
/// use jwtrail_testkit::{LeakForm, find_leaks};
///
/// let token = SecretToken::new("a secret that is opaque".to_owned());
/// let leaks = find_leaks(b"token=a%20secret%20that%20is%20opaque", &[token]);
/// assert_eq!(leaks[0].form, LeakForm::Percent);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LeakForm {
    /// As it is.
    Plain,
    /// Percent-encoded (RFC 3986 section 2.1).
    Percent,
    /// In base64, standard or for URLs.
    Base64,
    /// In hexadecimal.
    Hex,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = match self.form {
            LeakForm::Plain => "as it is",
            LeakForm::Percent => "percent-encoded",
            LeakForm::Base64 => "in base64",
            LeakForm::Hex => "in hexadecimal",
        };
        write!(f, "token {} stands {form} at byte {}", self.token, self.at)
    }
}

/// A text of which any window may not appear.
struct Needle {
    token: usize,
    form: LeakForm,
    text: Vec<u8>,
    window: usize,
}

fn needles(token: usize, text: &str) -> Vec<Needle> {
    if text.len() < SHORTEST_SECRET {
        return Vec::new();
    }
    let parts: Vec<&str> = text.split('.').collect();
    let secret_parts = match parts.as_slice() {
        [_header, rest @ ..] if !rest.is_empty() => rest,
        only => only,
    };
    let mut secrets: Vec<(&str, usize)> = secret_parts
        .iter()
        .filter(|part| part.len() >= WINDOW)
        .map(|part| (*part, WINDOW))
        .collect();
    if secrets.is_empty() {
        // Nothing but short parts: then the whole of it.
        secrets.push((text, text.len()));
    }
    secrets
        .into_iter()
        .flat_map(|(secret, window)| forms(token, secret.as_bytes(), window))
        .collect()
}

fn forms(token: usize, secret: &[u8], window: usize) -> Vec<Needle> {
    let needle = |form, text: Vec<u8>, window| Needle {
        token,
        form,
        text,
        window,
    };
    let hex: Vec<u8> = secret
        .iter()
        .flat_map(|byte| format!("{byte:02x}").into_bytes())
        .collect();
    let mut all = vec![
        needle(LeakForm::Plain, secret.to_vec(), window),
        needle(LeakForm::Hex, hex.to_ascii_uppercase(), window * 2),
        needle(LeakForm::Hex, hex, window * 2),
    ];
    // What stands before the secret shifts its base64: three ways to fall. The characters at
    // the ends mix with the neighbours and are left out.
    for shift in 0..3_usize {
        let padded = [vec![0; shift], secret.to_vec()].concat();
        for text in [
            STANDARD_NO_PAD.encode(&padded),
            URL_SAFE_NO_PAD.encode(&padded),
        ] {
            let inner = text
                .as_bytes()
                .get(shift.div_ceil(3) * 4..padded.len() / 3 * 4)
                .unwrap_or_default();
            let window = (window * 4 / 3).saturating_sub(8).max(SHORTEST_SECRET);
            all.push(needle(
                LeakForm::Base64,
                inner.to_vec(),
                window.min(inner.len()),
            ));
        }
    }
    all.retain(|needle| needle.window >= SHORTEST_SECRET);
    all
}

fn search(text: &[u8], needles: &[Needle]) -> Vec<Leak> {
    let mut by_length: HashMap<usize, HashMap<&[u8], &Needle>> = HashMap::new();
    for needle in needles {
        let windows = by_length.entry(needle.window).or_default();
        for window in needle.text.windows(needle.window) {
            windows.entry(window).or_insert(needle);
        }
    }
    let mut leaks: Vec<Leak> = Vec::new();
    for (length, windows) in by_length {
        for (at, window) in text.windows(length).enumerate() {
            if let Some(needle) = windows.get(window) {
                leaks.push(Leak {
                    token: needle.token,
                    form: needle.form,
                    at,
                });
            }
        }
    }
    leaks.sort_by_key(|leak| leak.at);
    leaks
}

fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        let byte = match (first, tail) {
            (b'%', [high, low, ..]) => hex_byte(*high, *low),
            _ => None,
        };
        decoded.push(byte.unwrap_or(*first));
        let taken = if byte.is_some() { 3 } else { 1 };
        rest = rest.get(taken..).unwrap_or_default();
    }
    decoded
}

fn hex_byte(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// So many bytes on end of a payload or a signature are a leak.
const WINDOW: usize = 20;
/// Texts shorter than this are found everywhere and hide nothing.
const SHORTEST_SECRET: usize = 8;
/// How often percent-encoding is undone.
const PERCENT_ROUNDS: usize = 2;

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSIsImp0aSI6IjEyMyJ9.\
                         c2lnbmF0dXJlLW9mLXRoZS1pc3N1ZXItd2hvLWlzLXRydXN0ZWQ";

    fn forms_found(written: impl AsRef<[u8]>) -> Vec<LeakForm> {
        let tokens = [
            SecretToken::new("another-secret-token".to_owned()),
            SecretToken::new(TOKEN.to_owned()),
        ];
        let leaks = find_leaks(written.as_ref(), &tokens);
        assert!(leaks.iter().all(|leak| leak.token == 1));
        leaks.into_iter().map(|leak| leak.form).collect()
    }

    #[test]
    fn what_has_no_token_is_clean() {
        assert_eq!(forms_found(""), []);
        assert_eq!(forms_found("%%%2 %zz eyJhbGciOiJFUzI1NiJ9 alice 123"), []);
        assert_eq!(forms_found(&TOKEN.as_bytes()[TOKEN.len() - 19..]), []);
    }

    #[test]
    fn the_whole_token_is_found_once() {
        assert_eq!(
            forms_found(format!("Bearer {TOKEN}\n{TOKEN}")),
            [LeakForm::Plain]
        );
    }

    #[test]
    fn twenty_bytes_from_anywhere_are_found() {
        let secret_from = TOKEN.find('.').unwrap() + 1;
        let dot = TOKEN.rfind('.').unwrap();
        for start in secret_from..=TOKEN.len() - WINDOW {
            let cut = TOKEN.get(start..start + WINDOW).unwrap();
            let crosses = (start..start + WINDOW).contains(&dot);
            let expected = if crosses {
                vec![]
            } else {
                vec![LeakForm::Plain]
            };
            assert_eq!(forms_found(format!("\"{cut}\"")), expected, "from {start}");
        }
    }

    #[test]
    fn percent_encoding_hides_nothing() {
        let once: String = TOKEN.bytes().map(|byte| format!("%{byte:02X}")).collect();
        assert_eq!(forms_found(&once), [LeakForm::Percent]);
        assert_eq!(forms_found(once.replace('%', "%25")), [LeakForm::Percent]);
        let dots = TOKEN.replace('.', "%2e");
        assert!(forms_found(dots).contains(&LeakForm::Plain));
    }

    #[test]
    fn base64_hides_nothing_however_it_falls() {
        for before in ["", "x", "xy", "Bearer ", "{\"a\":\""] {
            for after in ["", "z", "zz"] {
                let whole = format!("{before}{TOKEN}{after}");
                for text in [STANDARD.encode(&whole), URL_SAFE_NO_PAD.encode(&whole)] {
                    assert_eq!(
                        forms_found(text),
                        [LeakForm::Base64],
                        "{before:?} {after:?}"
                    );
                }
                let signature = TOKEN.rsplit('.').next().unwrap();
                let part = STANDARD.encode(format!("{before}{signature}{after}"));
                assert_eq!(
                    forms_found(part),
                    [LeakForm::Base64],
                    "{before:?} {after:?}"
                );
            }
        }
    }

    #[test]
    fn hexadecimal_hides_nothing() {
        let hex: String = TOKEN.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(forms_found(&hex), [LeakForm::Hex]);
        assert_eq!(forms_found(hex.to_uppercase()), [LeakForm::Hex]);
    }

    #[test]
    fn short_and_opaque_tokens() {
        let short = [SecretToken::new("..".to_owned())];
        assert_eq!(find_leaks(b"a..b", &short), []);
        let opaque = [SecretToken::new("0123456789abcdefghijklmnop".to_owned())];
        assert_eq!(find_leaks(b"x 3456789abcdefghijklmn y", &opaque).len(), 1);
        let password = [SecretToken::new("p4ssw0rd".to_owned())];
        assert_eq!(find_leaks(b"password=p4ssw0rd", &password).len(), 1);
    }
}
