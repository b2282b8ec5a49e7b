use std::fmt::{self, Display, Write as _};

/// Metrics in the text format of Prometheus, in the making.
///
/// ```
/// use jwtrail_actix::MetricsText;
///
/// let mut text = MetricsText::default();
/// text.family("orders_open", "gauge", "Orders that are not delivered.");
/// text.sample("orders_open", &[("depot", "north")], 7);
/// assert!(text.into_text().ends_with("orders_open{depot=\"north\"} 7\n"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct MetricsText(String);

impl MetricsText {
    /// The content type of an answer that holds it.
    pub const CONTENT_TYPE: &'static str = "text/plain; version=0.0.4; charset=utf-8";

    /// Begins the samples of one metric: its name, `counter`, `gauge` or `histogram`, and what
    /// it is, on one line.
    pub fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    /// A sample of it. Labels without a value are left out.
    pub fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        let mut open = '{';
        for (label, value) in labels.iter().filter(|(_, value)| !value.is_empty()) {
            self.line(format_args!("{open}{label}=\"{}\"", Escaped(value)));
            open = ',';
        }
        self.line(format_args!(
            "{} {value}\n",
            if open == ',' { "}" } else { "" }
        ));
    }

    /// The text.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }

    fn line(&mut self, text: fmt::Arguments<'_>) {
        // To write to a string never fails.
        self.0.write_fmt(text).ok();
    }
}

/// A label's value: three characters have a meaning, and no control belongs there.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '\\' => f.write_str("\\\\"),
            '"' => f.write_str("\\\""),
            '\n' => f.write_str("\\n"),
            other if other.is_control() => f.write_char('\u{fffd}'),
            other => f.write_char(other),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_stays_within_its_quotes() {
        let mut text = MetricsText::default();
        text.sample("a", &[("b", "\"} 1\n\\\u{1b}"), ("none", "")], 2);
        text.sample("a", &[("none", "")], 3);
        assert_eq!(text.into_text(), "a{b=\"\\\"} 1\\n\\\\\u{fffd}\"} 2\na 3\n");
    }
}
