use super::At;

/// From positions to lines and columns.
#[derive(Debug)]
pub(in crate::spec) struct Lines<'a> {
    text: &'a str,
    /// Where each line after the first begins, in bytes.
    starts: Vec<u32>,
    /// How many characters lie before every so manieth byte: a document may be one long line.
    characters: Vec<u32>,
}

impl<'a> Lines<'a> {
    pub(in crate::spec) fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let starts = bytes
            .iter()
            .zip(1..)
            .filter(|(byte, _)| **byte == b'\n')
            .map(|(_, next)| next)
            .collect();
        let mut before = 0;
        let characters = bytes
            .chunks(CHUNK)
            .map(|chunk| {
                let here = before;
                before += characters_in(chunk);
                here
            })
            .collect();
        Self {
            text,
            starts,
            characters,
        }
    }

    /// The line and the column of a position, both from 1.
    pub(in crate::spec) fn of(&self, at: At) -> (u32, u32) {
        let offset = match at {
            At::Mark(line, column) => return (line, column),
            At::Offset(offset) => offset,
        };
        let before = self.starts.partition_point(|start| *start <= offset);
        let start = before
            .checked_sub(1)
            .and_then(|index| self.starts.get(index));
        let start = start.copied().unwrap_or(0);
        let line = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
        let column = self
            .characters_before(offset)
            .saturating_sub(self.characters_before(start));
        (line, column.saturating_add(1))
    }

    fn characters_before(&self, offset: u32) -> u32 {
        let offset = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(self.text.len());
        let chunk = offset / CHUNK;
        let known = self.characters.get(chunk).copied().unwrap_or(0);
        let rest = self.text.as_bytes().get(chunk * CHUNK..offset);
        known.saturating_add(characters_in(rest.unwrap_or_default()))
    }
}

const CHUNK: usize = 4096;

/// The characters that begin in these bytes of UTF-8.
fn characters_in(bytes: &[u8]) -> u32 {
    let begun = bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
    u32::try_from(begun).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "ä: 1\nöö: {\"ü\": 2}\n";
        let lines = Lines::new(text);
        let at = |part| At::Offset(u32::try_from(text.find(part).unwrap()).unwrap());
        assert_eq!(lines.of(at("ä")), (1, 1));
        assert_eq!(lines.of(at("1")), (1, 4));
        assert_eq!(lines.of(at("ü")), (2, 7));
        assert_eq!(lines.of(At::Offset(u32::MAX)).0, 3);
    }

    #[test]
    fn one_long_line_has_columns_too() {
        let text = "é".repeat(10_000);
        let lines = Lines::new(&text);
        for character in [0, 1, 2047, 2048, 2049, 4097, 9_999] {
            assert_eq!(lines.of(At::Offset(character * 2)), (1, character + 1));
        }
    }
}
