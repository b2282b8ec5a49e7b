/// Rows that stay where they are while others come and go. They lie in chunks, so that growth
/// moves none and wastes little.
#[derive(Debug)]
pub(in crate::engine) struct Rows<V> {
    chunks: Vec<Vec<Row<V>>>,
    /// The first of the chain of free rows.
    free: Option<u32>,
    len: usize,
}

#[derive(Debug)]
enum Row<V> {
    Used(V),
    Free(Option<u32>),
}

impl<V> Rows<V> {
    pub(in crate::engine) const fn new() -> Self {
        Self {
            chunks: Vec::new(),
            free: None,
            len: 0,
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(in crate::engine) fn add(&mut self, value: V) -> u32 {
        self.len += 1;
        let used = Row::Used(value);
        if let Some(at) = self.free {
            if let Some(row) = self.row_mut(at)
                && let Row::Free(next) = std::mem::replace(row, used)
            {
                self.free = next;
            }
            return at;
        }
        let last = self.chunks.last();
        if last.is_none_or(|chunk| chunk.len() == CHUNK) {
            // A small table stays small.
            let room = if self.chunks.is_empty() { 0 } else { CHUNK };
            self.chunks.push(Vec::with_capacity(room));
        }
        let before = (self.chunks.len() - 1) * CHUNK;
        let Some(chunk) = self.chunks.last_mut() else {
            return u32::MAX;
        };
        chunk.push(used);
        u32::try_from(before + chunk.len() - 1).unwrap_or(u32::MAX)
    }

    pub(in crate::engine) fn remove(&mut self, at: u32) -> Option<V> {
        let next = self.free;
        let row = self.row_mut(at)?;
        if matches!(row, Row::Free(_)) {
            return None;
        }
        let former = std::mem::replace(row, Row::Free(next));
        self.free = Some(at);
        self.len -= 1;
        match former {
            Row::Used(value) => Some(value),
            Row::Free(_) => None,
        }
    }

    #[inline]
    pub(in crate::engine) fn get(&self, at: u32) -> Option<&V> {
        let (chunk, within) = split(at);
        match self.chunks.get(chunk)?.get(within)? {
            Row::Used(value) => Some(value),
            Row::Free(_) => None,
        }
    }

    #[inline]
    pub(in crate::engine) fn get_mut(&mut self, at: u32) -> Option<&mut V> {
        match self.row_mut(at)? {
            Row::Used(value) => Some(value),
            Row::Free(_) => None,
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &V> {
        self.chunks.iter().flatten().filter_map(|row| match row {
            Row::Used(value) => Some(value),
            Row::Free(_) => None,
        })
    }

    #[inline]
    fn row_mut(&mut self, at: u32) -> Option<&mut Row<V>> {
        let (chunk, within) = split(at);
        self.chunks.get_mut(chunk)?.get_mut(within)
    }

    /// How many there are, in use or not.
    pub(super) fn room(&self) -> usize {
        let last = self.chunks.last().map_or(0, Vec::len);
        self.chunks.len().saturating_sub(1) * CHUNK + last
    }
}

const fn split(at: u32) -> (usize, usize) {
    (at as usize / CHUNK, at as usize % CHUNK)
}

const CHUNK: usize = 128;
