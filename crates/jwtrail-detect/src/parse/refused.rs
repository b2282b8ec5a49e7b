use super::modifiers::SUPPORTED;

/// What Sigma's parser refuses, in one line, with the key it stands at and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) path: &'static [&'static str],
    pub(super) what: String,
    pub(super) remedy: &'static str,
}

impl Refused {
    /// Its parser tells of most problems in words only.
    pub(super) fn new(words: &str, is_correlation: bool) -> Self {
        let known = KNOWN.iter().find(|(part, ..)| words.contains(part));
        let (path, remedy) = match known {
            Some((_, path, remedy)) => (*path, *remedy),
            None if is_correlation => (&["correlation"][..], "see the table in rules/README.md"),
            None => (&["detection"][..], SUPPORTED),
        };
        Self {
            path,
            what: one_line(words),
            remedy,
        }
    }
}

/// A problem in a condition is drawn: the text, an arrow under it, and what was expected.
fn one_line(words: &str) -> String {
    let mut lines = words.lines();
    let first = lines.next().unwrap_or_default();
    let first = first.split("  --> ").next().unwrap_or_default();
    let expected = lines.rev().find_map(|line| line.trim().strip_prefix("= "));
    match expected {
        Some(expected) => format!("{} {}", first.trim_end(), expected),
        None => first.to_owned(),
    }
}

/// What the parser says of a problem, where that stands, and what to do.
const KNOWN: [(&str, &[&str], &str); 6] = [
    (
        "Condition parse error",
        &["detection", "condition"],
        "join names of selections with `and`, `or`, `not` and parentheses, `1 of them`, \
         `all of name*`; what counts is said by `correlation` or `native`",
    ),
    (
        "correlation type",
        &["correlation", "type"],
        "known: event_count, value_count, value_sum, value_avg, value_median, value_percentile, \
         temporal, temporal_ordered",
    ),
    (
        "timespan",
        &["correlation", "timespan"],
        "write it like 90s, 10m, 1h or 14d, at most 366d",
    ),
    (
        "requires a numeric value",
        &["correlation", "condition"],
        "give it a number, such as gte: 10",
    ),
    ("modifier", &["detection"], SUPPORTED),
    (
        "Missing required field",
        &[],
        "add it, see docs/own-rules.md",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_becomes_one_line() {
        let drawn = "Condition parse error at 1:5:  --> 1:5\n  |\n1 | sel | count() > 5\n  |     \
                     ^---\n  |\n  = expected EOI, or_op, or and_op";
        let refused = Refused::new(drawn, false);
        assert_eq!(
            refused.what,
            "Condition parse error at 1:5: expected EOI, or_op, or and_op"
        );
        assert_eq!(refused.path, ["detection", "condition"]);
    }

    #[test]
    fn what_nobody_foresaw_is_told_as_it_is() {
        let refused = Refused::new("Something new", true);
        assert_eq!(
            (refused.what.as_str(), refused.path),
            ("Something new", &["correlation"][..])
        );
    }
}
