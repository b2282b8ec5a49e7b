//! The search for tokens and other secrets in what a service wrote.

mod forms;
mod needles;

use std::collections::HashSet;
use std::fmt;

use aho_corasick::AhoCorasick;
use jwtrail_event::SecretToken;

use self::needles::Needle;
pub use self::needles::{LeakForm, Part};

/// A secret that may be in no log.
#[derive(Clone, Debug)]
pub struct Secret {
    kind: SecretKind,
    value: SecretToken,
}

impl Secret {
    /// A secret of a kind.
    #[must_use]
    pub const fn new(kind: SecretKind, value: SecretToken) -> Self {
        Self { kind, value }
    }

    /// The secret.
    pub(crate) const fn value(&self) -> &SecretToken {
        &self.value
    }
}

/// What a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecretKind {
    /// An access token, good or bad.
    AccessToken,
    /// A refresh token.
    RefreshToken,
    /// A password.
    Password,
    /// A client's or a signing secret.
    Secret,
}

impl fmt::Display for SecretKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::AccessToken => "an access token",
            Self::RefreshToken => "a refresh token",
            Self::Password => "a password",
            Self::Secret => "a secret",
        })
    }
}

/// Searches a log, record by record, for secrets in any form: as they are, percent-encoded,
/// escaped as in JSON, in base64, base64url or hexadecimal, split over lines.
///
/// Of a token, 24 characters on end of its payload or its signature are enough. Its header alone
/// is no secret. Secrets of fewer than eight bytes are not searched for.
///
/// ```
/// use jwtrail_event::SecretToken;
/// use jwtrail_scan::leaks::{LeakSearch, Part, Secret, SecretKind};
///
/// let token = "eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJlIG9mIHRoZSBpc3N1ZXI";
/// let token = SecretToken::new(token.to_owned());
/// let mut search = LeakSearch::new(vec![Secret::new(SecretKind::AccessToken, token)]);
/// assert!(search.feed("GET /orders 401").is_empty());
/// let leaks = search.feed("sig=c2lnbmF0dXJlIG9mIHRoZSBpc3N");
/// assert_eq!(leaks[0].part, Part::Signature);
/// ```
#[derive(Debug)]
pub struct LeakSearch {
    secrets: Vec<Secret>,
    needles: Vec<Needle>,
    automaton: Option<AhoCorasick>,
    tail: Vec<u8>,
    known: HashSet<Leak>,
}

/// A secret that was found. It does not repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Leak {
    /// Which of the secrets, from 0; one that others share their text with stands for all.
    pub secret: usize,
    /// What it is.
    pub kind: SecretKind,
    /// Which part of it.
    pub part: Part,
    /// How it was written.
    pub form: LeakForm,
}

impl LeakSearch {
    /// A search for these secrets.
    #[must_use]
    pub fn new(secrets: Vec<Secret>) -> Self {
        let needles = needles::of(secrets.iter().map(|secret| secret.value.expose()));
        let texts = needles.iter().map(|needle| needle.text.as_slice());
        Self {
            // Only billions of needles could not be built into one.
            automaton: AhoCorasick::new(texts).ok(),
            secrets,
            needles,
            tail: Vec::new(),
            known: HashSet::new(),
        }
    }

    /// The secrets that are in this record, or in what it makes of the end of the one before.
    /// Each is reported once for its part and form.
    pub fn feed(&mut self, record: &str) -> Vec<Leak> {
        let mut text = std::mem::take(&mut self.tail);
        text.extend_from_slice(record.as_bytes());
        text.push(b'\n');
        let mut leaks = Vec::new();
        for (decoding, view) in forms::views(&text) {
            self.search(&view, decoding, &mut leaks);
        }
        let kept = text.len().saturating_sub(TAIL);
        self.tail = text.split_off(kept);
        leaks
    }

    fn search(&mut self, text: &[u8], decoding: Option<LeakForm>, leaks: &mut Vec<Leak>) {
        let Some(automaton) = &self.automaton else {
            return;
        };
        for found in automaton.find_overlapping_iter(text) {
            let Some(needle) = self.needles.get(found.pattern().as_usize()) else {
                continue;
            };
            let Some(secret) = self.secrets.get(needle.secret) else {
                continue;
            };
            let form = match (needle.form, decoding) {
                (LeakForm::Plain, Some(decoding)) => decoding,
                (form, _) => form,
            };
            let leak = Leak {
                secret: needle.secret,
                kind: secret.kind,
                part: needle.part,
                form,
            };
            // What is there as it is need not be told again for each way to decode it.
            let plain = Leak {
                form: needle.form,
                ..leak
            };
            if !self.known.contains(&plain) && self.known.insert(leak) {
                leaks.push(leak);
            }
        }
    }
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match self.part {
            Part::Whole => "",
            Part::Payload => "the payload of ",
            Part::Signature => "the signature of ",
        };
        let form = match self.form {
            LeakForm::Plain => "as it is",
            LeakForm::Percent => "percent-encoded",
            LeakForm::Escaped => "with escapes as in JSON",
            LeakForm::Base64 => "in base64",
            LeakForm::Hex => "in hexadecimal",
            LeakForm::Split => "split over lines",
        };
        write!(f, "{part}{}, {form}", self.kind)
    }
}

/// How much of what came before is searched again with what follows it.
const TAIL: usize = 512;

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSIsImp0aSI6IjEyMyIsImF1ZCI6Im9yZGVycyJ9.\
                         c2lnbmF0dXJlLW9mLXRoZS1pc3N1ZXItd2hvLWlzLXRydXN0ZWQ";
    const PASSWORD: &str = "pa$$ w\"rd/é!";

    fn search() -> LeakSearch {
        let secret = |kind, text: &str| Secret::new(kind, SecretToken::new(text.to_owned()));
        LeakSearch::new(vec![
            secret(SecretKind::AccessToken, TOKEN),
            secret(SecretKind::Password, PASSWORD),
            secret(SecretKind::Secret, "short"),
        ])
    }

    fn forms(text: impl AsRef<str>) -> Vec<LeakForm> {
        let leaks = search().feed(text.as_ref());
        let mut forms: Vec<LeakForm> = leaks.into_iter().map(|leak| leak.form).collect();
        forms.dedup();
        forms
    }

    #[test]
    fn what_has_no_secret_is_clean() {
        assert_eq!(forms(""), []);
        assert_eq!(
            forms("short eyJhbGciOiJFUzI1NiJ9 alice 123 %zz \\u00 \\"),
            []
        );
        assert_eq!(forms(TOKEN.get(..30).unwrap()), []);
        assert_eq!(forms(TOKEN.get(TOKEN.len() - 11..).unwrap()), []);
    }

    #[test]
    fn twenty_four_characters_from_anywhere_are_found() {
        let secret_from = TOKEN.find('.').unwrap() + 1;
        let dot = TOKEN.rfind('.').unwrap();
        for start in secret_from..=TOKEN.len() - 24 {
            let cut = TOKEN.get(start..start + 24).unwrap();
            if !(start..start + 24).contains(&dot) {
                assert_eq!(forms(cut), [LeakForm::Plain], "from {start}");
            }
        }
    }

    #[test]
    fn no_form_hides_it() {
        let percent: String = TOKEN.bytes().map(|byte| format!("%{byte:02X}")).collect();
        assert_eq!(forms(&percent), [LeakForm::Percent]);
        assert_eq!(forms(percent.replace('%', "%25")), [LeakForm::Percent]);
        let escaped: String = TOKEN
            .bytes()
            .map(|byte| format!("\\u00{byte:02x}"))
            .collect();
        assert_eq!(forms(escaped), [LeakForm::Escaped]);
        let hex: String = TOKEN.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(forms(&hex), [LeakForm::Hex]);
        assert_eq!(forms(hex.to_uppercase()), [LeakForm::Hex]);
        for before in ["", "x", "xy", "Bearer "] {
            let whole = format!("{before}{TOKEN}");
            assert_eq!(
                forms(STANDARD.encode(&whole)),
                [LeakForm::Base64],
                "{before}"
            );
            assert_eq!(
                forms(URL_SAFE_NO_PAD.encode(&whole)),
                [LeakForm::Base64],
                "{before}"
            );
        }
    }

    #[test]
    fn passwords_are_found_in_each_form() {
        assert_eq!(forms(format!("p={PASSWORD}&")), [LeakForm::Plain]);
        assert_eq!(
            forms(serde_json::to_string(PASSWORD).unwrap()),
            [LeakForm::Escaped]
        );
        assert_eq!(
            forms("p=pa%24%24%20w%22rd%2F%C3%A9%21"),
            [LeakForm::Percent]
        );
        assert_eq!(forms("p=pa%24%24+w%22rd%2F%C3%A9%21"), [LeakForm::Percent]);
    }

    #[test]
    fn lines_do_not_split_it() {
        let lines: Vec<&str> = TOKEN
            .as_bytes()
            .chunks(10)
            .map(|chunk| std::str::from_utf8(chunk).unwrap())
            .collect();
        assert_eq!(forms(lines.join("\n")), [LeakForm::Split]);
        assert_eq!(forms(lines.join("\\n")), [LeakForm::Split]);
        let mut search = search();
        let found: Vec<Leak> = lines.iter().flat_map(|line| search.feed(line)).collect();
        assert!(
            found.iter().any(|leak| leak.form == LeakForm::Split),
            "{found:?}"
        );
    }

    #[test]
    fn each_is_reported_once_and_says_which_part() {
        let mut search = search();
        let told: Vec<String> = search.feed(TOKEN).iter().map(Leak::to_string).collect();
        assert_eq!(
            told,
            [
                "the payload of an access token, as it is",
                "the signature of an access token, as it is"
            ]
        );
        assert!(search.feed(TOKEN).is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_searched_without_a_panic(text in "(%|\\\\|u|[0-9a-f]|\\n|é|.){0,80}") {
            search().feed(&text);
        }
    }
}
