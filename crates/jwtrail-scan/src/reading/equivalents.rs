mod table;

use jwtrail_event::Reason;

use table::Meaning::{Any, One};
use table::{Meaning, TABLE};

/// How well a text stands for a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Likeness {
    /// It could stand for this reason as for others: an operator learns that it failed.
    Equivalent,
    /// It is this reason, in our word or in another's: an operator learns why.
    Exact,
}

/// How well a text of a log stands for a reason; none where it says something else, or nothing.
///
/// ```
/// use jwtrail_event::Reason;
/// use jwtrail_scan::reading::{Likeness, likeness};
/// assert_eq!(likeness("jwt expired", Reason::Expired), Some(Likeness::Exact));
/// assert_eq!(likeness("invalid token", Reason::BadSignature), Some(Likeness::Equivalent));
/// assert_eq!(likeness("jwt expired", Reason::BadSignature), None);
/// ```
#[must_use]
pub fn likeness(text: &str, reason: Reason) -> Option<Likeness> {
    if text.trim().parse() == Ok(reason) {
        return Some(Likeness::Exact);
    }
    let text = normal(text);
    let entry = best(&text)?;
    match entry {
        One(meant) => (*meant == reason).then_some(Likeness::Exact),
        Any(meant) => meant.contains(&reason).then_some(Likeness::Equivalent),
    }
}

/// The one reason that a text names; none where it names none, or could mean several.
#[must_use]
pub fn named_reason(text: &str) -> Option<Reason> {
    if let Ok(reason) = text.trim().parse() {
        return Some(reason);
    }
    match best(&normal(text))? {
        One(reason) => Some(*reason),
        Any(_) => None,
    }
}

/// Whether a text says of a request that it was refused, whatever the reason.
pub(super) fn says_refused(text: &str) -> bool {
    text.trim().parse::<Reason>().is_ok() || best(&normal(text)).is_some()
}

/// The most telling entry that the text has: one that means one thing, and of those the longest.
fn best(text: &str) -> Option<&'static Meaning> {
    let entries = TABLE.iter().filter(|(words, _)| text.contains(words));
    let best = entries.max_by_key(|(words, meaning)| (matches!(meaning, One(_)), words.len()))?;
    Some(&best.1)
}

/// Lower case, marks and underscores as blanks, one blank between words.
fn normal(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    for c in text.chars().take(LONGEST) {
        let c = if c.is_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            ' '
        };
        if c != ' ' || !normal.ends_with(' ') {
            normal.push(c);
        }
    }
    normal
}

/// How much of a text is looked at, in characters.
const LONGEST: usize = 2_048;

#[cfg(test)]
mod tests {
    use jwtrail_event::Reason as R;

    use super::*;

    #[test]
    fn every_row_is_in_the_form_that_is_compared() {
        for (at, (words, _)) in TABLE.iter().enumerate() {
            assert_eq!(normal(words), *words);
            let same = TABLE.iter().skip(at + 1).find(|(other, _)| other == words);
            assert!(same.is_none(), "{words} is there twice");
        }
    }

    #[test]
    fn our_own_words_are_exact() {
        for reason in Reason::ALL {
            assert_eq!(
                likeness(reason.as_str(), *reason),
                Some(Likeness::Exact),
                "{reason}"
            );
        }
    }

    #[test]
    fn the_most_telling_text_says_what_is_meant() {
        for (text, reason) in [
            (
                "JsonWebTokenError: invalid signature",
                Some(R::BadSignature),
            ),
            (
                "FST_JWT_AUTHORIZATION_TOKEN_INVALID: Authorization token is invalid: The token signature is invalid.",
                Some(R::BadSignature),
            ),
            ("jwt_authn_access_denied{Jwt_is_expired}", Some(R::Expired)),
            ("unexpected \"aud\" claim value", Some(R::BadAudience)),
            (
                "An error occurred while attempting to decode the Jwt: Jwt expired at 2026-01-01T00:00:00Z",
                Some(R::Expired),
            ),
            ("Audience doesn't match", Some(R::BadAudience)),
            ("invalid_token", None),
            ("GET /orders 200", None),
            ("", None),
        ] {
            assert_eq!(named_reason(text), reason, "{text}");
        }
    }

    #[test]
    fn a_vague_text_stands_for_what_it_may_mean_and_no_more() {
        assert_eq!(
            likeness("invalid_token", R::Expired),
            Some(Likeness::Equivalent)
        );
        assert_eq!(likeness("invalid_token", R::InsufficientScope), None);
        assert_eq!(
            likeness(
                "rbac_access_denied_matched_policy[none]",
                R::InsufficientScope
            ),
            Some(Likeness::Equivalent)
        );
        assert_eq!(likeness("hello", R::Expired), None);
    }
}
