/// What to do about a name that is not known: the one that was meant perhaps, and all there are.
pub(super) fn instead_of(name: &str, known: &[&str]) -> String {
    let all = known.join(", ");
    match nearest(name, known) {
        Some(near) => format!("perhaps `{near}` is meant; known: {all}"),
        None => format!("known: {all}"),
    }
}

/// The known name that a slip or a few make this one of.
pub(super) fn nearest<'n>(name: &str, known: &[&'n str]) -> Option<&'n str> {
    let name: Vec<char> = name.to_lowercase().chars().take(MAX_LENGTH).collect();
    let near = known.iter().map(|known| (slips(&name, known), *known));
    let (slips, near) = near.min_by_key(|(slips, _)| *slips)?;
    (slips <= (name.len() / 3).max(1)).then_some(near)
}

/// How many characters have to be put in, left out or changed.
fn slips(name: &[char], known: &str) -> usize {
    let mut row: Vec<usize> = (0..=name.len()).collect();
    for (at, wanted) in known.chars().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        for (is, above) in name.iter().zip(row.iter_mut().skip(1)) {
            let changed = diagonal + usize::from(*is != wanted);
            diagonal = *above;
            left = changed.min(*above + 1).min(left + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// No name is longer.
const MAX_LENGTH: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted() {
        for (one, other, count) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("max_kyes", "max_keys", 2),
            ("token.rejected", "token.rejected", 0),
        ] {
            let one: Vec<char> = one.chars().collect();
            assert_eq!(slips(&one, other), count, "{one:?} {other}");
        }
    }

    #[test]
    fn what_is_near_is_named_and_nothing_else() {
        let known = ["token.accepted", "token.rejected", "login.failed"];
        assert_eq!(nearest("token.rejectd", &known), Some("token.rejected"));
        assert_eq!(nearest("Token.Accepted", &known), Some("token.accepted"));
        assert_eq!(nearest("something", &known), None);
        assert_eq!(nearest("x", &[]), None);
        assert_eq!(
            instead_of("y", &["a", "bc"]),
            "perhaps `a` is meant; known: a, bc"
        );
        assert_eq!(instead_of("unlike", &["a", "bc"]), "known: a, bc");
    }
}
