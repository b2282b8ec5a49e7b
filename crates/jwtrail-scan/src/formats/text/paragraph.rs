use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Text in lines of a width.
pub(super) struct Paragraph<'a> {
    width: usize,
    indent: usize,
    name: Option<(&'a str, usize)>,
}

impl<'a> Paragraph<'a> {
    pub(super) const fn new(width: usize) -> Self {
        Self {
            width,
            indent: 0,
            name: None,
        }
    }

    pub(super) const fn indent(mut self, columns: usize) -> Self {
        self.indent = columns;
        self
    }

    /// With a name before it, in a column of so many characters.
    pub(super) const fn named(mut self, name: &'a str, column: usize) -> Self {
        self.name = Some((name, column));
        self
    }

    /// The lines. Words that don't fit on one are cut, so that no line is too long.
    pub(super) fn write(&self, text: &str) -> String {
        let indent = " ".repeat(self.indent);
        let (first, rest) = match self.name {
            Some((name, column)) => (
                format!("{indent}{} ", padded(name, column)),
                format!("{indent}{} ", " ".repeat(column)),
            ),
            None => (indent.clone(), indent),
        };
        let mut out = String::new();
        let mut line = first.clone();
        let mut is_empty = true;
        for word in text
            .split(' ')
            .flat_map(|word| pieces(word, self.width.saturating_sub(rest.width())))
        {
            if !is_empty && line.width() + 1 + word.width() > self.width {
                out.push_str(line.trim_end());
                out.push('\n');
                line.clone_from(&rest);
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
            }
            line.push_str(word);
            is_empty = false;
        }
        out.push_str(line.trim_end());
        out.push('\n');
        out
    }
}

/// The text, with blanks up to so many columns.
pub(super) fn padded(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}

/// The word in pieces of at most so many columns.
fn pieces(word: &str, columns: usize) -> Vec<&str> {
    let columns = columns.max(8);
    let mut pieces = Vec::new();
    let mut rest = word;
    loop {
        let mut width = 0;
        let cut = rest.char_indices().find(|(_, c)| {
            width += c.width().unwrap_or(0);
            width > columns
        });
        match cut.and_then(|(at, _)| rest.split_at_checked(at)) {
            Some((piece, further)) if !piece.is_empty() => {
                pieces.push(piece);
                rest = further;
            }
            _ => {
                pieces.push(rest);
                return pieces;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn further_lines_stand_under_the_first() {
        let text = Paragraph::new(20)
            .indent(2)
            .named("why", 5)
            .write("one two three four");
        assert_eq!(text, "  why   one two\n        three four\n");
    }

    proptest! {
        #[test]
        fn no_line_is_too_long_and_no_word_is_lost(text in "[a-z漢é ]{0,200}", width in 40_usize..120) {
            let written = Paragraph::new(width).indent(4).named("record", 9).write(&text);
            for line in written.lines() {
                prop_assert!(line.width() <= width, "{line}");
            }
            let letters = |text: &str| text.chars().filter(|c| *c != ' ' && *c != '\n').collect::<String>();
            prop_assert_eq!(letters(&written), format!("record{}", letters(&text)));
        }
    }
}
