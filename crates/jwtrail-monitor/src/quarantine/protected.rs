/// Whether a subject is one of those that the configuration protects.
///
/// A pattern is a `sub`, with `*` for any text in it, or that, a space and the issuer; the last
/// word of a pattern is an issuer if it has `://` in it.
pub(crate) fn is_protected(patterns: &[String], iss: Option<&str>, sub: &str) -> bool {
    patterns.iter().any(|pattern| match split(pattern) {
        (named, Some(issuer)) => iss == Some(issuer) && matches(named, sub),
        (named, None) => matches(named, sub),
    })
}

fn split(pattern: &str) -> (&str, Option<&str>) {
    match pattern.rsplit_once(' ') {
        Some((sub, iss)) if iss.contains("://") => (sub, Some(iss)),
        _ => (pattern, None),
    }
}

/// Each part between two stars where it first comes, the last one at the end: linear but for the
/// search of a part, whatever the text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        match text.find(part) {
            Some(at) => text = text.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_subject_a_glob_or_that_with_an_issuer() {
        let iss = "https://login.example";
        for (pattern, sub, protected) in [
            ("batch", "batch", true),
            ("batch", "batch-2", false),
            ("batch-*", "batch-2", true),
            ("batch-*", "a-batch-2", false),
            ("*-svc", "orders-svc", true),
            ("*-svc", "orders-svc-2", false),
            ("a*b*c", "axbxc", true),
            ("a*b*c", "axcxb", false),
            ("a*a", "a", false),
            ("*", "anybody", true),
            ("**", "", true),
            ("batch https://login.example", "batch", true),
            ("batch-* https://login.example", "batch-9", true),
            ("batch https://other.example", "batch", false),
            ("Ann Lee", "Ann Lee", true),
            ("Ann Lee", "Ann", false),
        ] {
            let patterns = [pattern.to_owned()];
            assert_eq!(
                is_protected(&patterns, Some(iss), sub),
                protected,
                "{pattern} {sub}"
            );
        }
        let exact = ["batch https://login.example".to_owned()];
        assert!(!is_protected(&exact, None, "batch"));
        assert!(!is_protected(&[], Some(iss), "batch"));
    }
}
