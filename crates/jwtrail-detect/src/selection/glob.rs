/// A Sigma string: `*` is any text, `?` any character; case does not matter unless it is said
/// to, for ASCII.
#[derive(Clone, Debug)]
pub(crate) struct Glob {
    pattern: Pattern,
    cased: bool,
}

#[derive(Clone, Debug)]
enum Pattern {
    Exact(String),
    Wild(Vec<Piece>),
}

/// One piece of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    One(char),
    AnyOne,
    AnyText,
}

impl Glob {
    pub(crate) fn new(pieces: Vec<Piece>, cased: bool) -> Self {
        let plain = |piece: &Piece| match piece {
            Piece::One(c) => Some(*c),
            Piece::AnyOne | Piece::AnyText => None,
        };
        let pattern = match pieces.iter().map(plain).collect() {
            Some(exact) => Pattern::Exact(exact),
            None => Pattern::Wild(pieces),
        };
        Self { pattern, cased }
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        match &self.pattern {
            Pattern::Exact(exact) if self.cased => exact == text,
            Pattern::Exact(exact) => exact.eq_ignore_ascii_case(text),
            Pattern::Wild(pieces) => self.wild(pieces, text),
        }
    }

    /// Greedy, going back to the last `*` only: no pattern takes more than the product of the
    /// lengths.
    fn wild(&self, mut pieces: &[Piece], text: &str) -> bool {
        let mut rest = text.chars();
        let mut back: Option<(&[Piece], std::str::Chars<'_>)> = None;
        loop {
            let mut ahead = rest.clone();
            match (pieces.split_first(), ahead.next()) {
                (Some((Piece::AnyText, after)), _) => {
                    back = Some((after, rest.clone()));
                    pieces = after;
                }
                (Some((Piece::AnyOne, after)), Some(_)) => (pieces, rest) = (after, ahead),
                (Some((Piece::One(wanted), after)), Some(c)) if self.same(*wanted, c) => {
                    (pieces, rest) = (after, ahead);
                }
                (None, None) => return true,
                _ => {
                    let Some((after, from)) = &mut back else {
                        return false;
                    };
                    if from.next().is_none() {
                        return false;
                    }
                    (pieces, rest) = (after, from.clone());
                }
            }
        }
    }

    const fn same(&self, a: char, b: char) -> bool {
        if self.cased {
            a as u32 == b as u32
        } else {
            a.eq_ignore_ascii_case(&b)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Glob, Piece};

    fn glob(pattern: &str) -> Glob {
        let piece = |c| match c {
            '*' => Piece::AnyText,
            '?' => Piece::AnyOne,
            c => Piece::One(c),
        };
        Glob::new(pattern.chars().map(piece).collect(), false)
    }

    #[test]
    fn stars_and_marks() {
        for (pattern, text, right) in [
            ("refresh.*", "refresh.reused", true),
            ("refresh.*", "token.refreshed", false),
            ("*a*b", "xaaxb", true),
            ("*a*b", "xaaxbc", false),
            ("a?c", "aéc", true),
            ("a?c", "ac", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("ABC", "abc", true),
        ] {
            assert_eq!(glob(pattern).matches(text), right, "{pattern} on {text}");
        }
    }
}
