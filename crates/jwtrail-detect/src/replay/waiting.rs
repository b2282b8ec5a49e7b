/// Lines that wait to be taken in, with their numbers.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    text: Vec<u8>,
    /// The number of each line, and where it ends.
    lines: Vec<(u64, usize)>,
}

impl Waiting {
    pub(super) fn push(&mut self, number: u64, line: &[u8]) {
        self.text.extend_from_slice(line);
        self.lines.push((number, self.text.len()));
    }

    pub(super) const fn len(&self) -> usize {
        self.lines.len()
    }

    pub(super) const fn bytes(&self) -> usize {
        self.text.len()
    }

    /// A line and its number.
    pub(super) fn get(&self, index: usize) -> (u64, &[u8]) {
        let before = index
            .checked_sub(1)
            .and_then(|before| self.lines.get(before));
        let start = before.map_or(0, |(_, end)| *end);
        let (number, end) = self.lines.get(index).copied().unwrap_or((0, start));
        (number, self.text.get(start..end).unwrap_or_default())
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.lines.clear();
    }
}
