/// Cuts a stream of bytes into lines, however it arrives.
///
/// ```
/// use jwtrail_scan::logs::Lines;
/// let mut lines = Lines::default();
/// assert!(lines.feed(b"one\r\ntw").map(|line| line.bytes).eq([b"one".to_vec()]));
/// assert!(lines.feed(b"o\n").map(|line| line.bytes).eq([b"two".to_vec()]));
/// assert!(lines.finish().is_none());
/// ```
#[derive(Debug, Default)]
pub struct Lines {
    partial: Vec<u8>,
    length: u64,
}

/// One line, without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line {
    /// Its bytes, at most [`MAX_LINE`].
    pub bytes: Vec<u8>,
    /// Whether it was so long that it may have been longer.
    pub cut: bool,
    /// How many bytes of the stream it took, with its end and the empty lines before it.
    pub length: u64,
}

impl Lines {
    /// Takes bytes; gives the lines that they complete. Empty ones are left out.
    pub fn feed(&mut self, bytes: &[u8]) -> impl Iterator<Item = Line> + use<> {
        let mut complete = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, ends) = match piece.strip_suffix(b"\n") {
                Some(text) => (text, true),
                None => (piece, false),
            };
            let room = MAX_LINE.saturating_sub(self.partial.len());
            self.length += u64::try_from(piece.len()).unwrap_or(u64::MAX);
            self.partial.extend(text.iter().take(room));
            if ends {
                complete.extend(self.finish());
            }
        }
        complete.into_iter()
    }

    /// What stands after the last line's end.
    pub fn finish(&mut self) -> Option<Line> {
        let mut bytes = std::mem::take(&mut self.partial);
        let cut = bytes.len() == MAX_LINE;
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        (!bytes.is_empty()).then(|| Line {
            bytes,
            cut,
            length: std::mem::take(&mut self.length),
        })
    }
}

/// The longest line that is read, in bytes. What is longer is cut; the search for leaks reads
/// the bytes themselves and misses nothing.
pub const MAX_LINE: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_without_end_is_bounded() {
        let mut lines = Lines::default();
        for _ in 0..20 {
            assert!(lines.feed(&[b'a'; 64 * 1024]).next().is_none());
        }
        let line = lines.feed(b"\nb\n").next().unwrap();
        assert_eq!((line.bytes.len(), line.cut), (MAX_LINE, true));
        assert!(lines.finish().is_none());
    }

    proptest! {
        #[test]
        fn however_it_is_cut_the_lines_are_the_same(
            text in "[ab\r\n]{0,60}",
            cuts in prop::collection::vec(0_usize..60, 0..6),
        ) {
            let mut whole = Lines::default();
            let mut expected: Vec<Line> = whole.feed(text.as_bytes()).collect();
            expected.extend(whole.finish());
            let mut cuts: Vec<usize> = cuts.into_iter().filter(|at| *at < text.len()).collect();
            cuts.sort_unstable();
            let mut pieces = Lines::default();
            let mut found = Vec::new();
            let mut from = 0;
            for at in cuts.into_iter().chain([text.len()]) {
                found.extend(pieces.feed(&text.as_bytes()[from..at]));
                from = at;
            }
            found.extend(pieces.finish());
            prop_assert_eq!(found, expected);
        }
    }
}
