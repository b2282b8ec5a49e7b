/// Rows that stay where they are while others come and go. They lie in chunks, so that growth
/// moves none and wastes little.
#[derive(Debug)]
pub(in crate::engine) struct Rows<V> {
    chunks: Vec<Vec<Row<V>>>,
    /// The first of the chain of rows that are free again.
    free: Option<u32>,
    len: usize,
    /// How many were ever in use: those after them are free.
    begun: usize,
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
            begun: 0,
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
        let at = self.begun;
        self.begun += 1;
        self.chunk_for(at);
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        if let Some(row) = self.row_mut(at) {
            *row = used;
        }
        at
    }

    /// Sees to it that there is a chunk for a row that was not in use before. It is written as a
    /// whole: what is put in a row later need not wait for its memory then.
    fn chunk_for(&mut self, at: usize) {
        let (chunk, within) = (at / CHUNK, at % CHUNK);
        if chunk == self.chunks.len() {
            self.chunks.push(Vec::new());
        }
        if let Some(rows) = self.chunks.get_mut(chunk)
            && rows.len() <= within
        {
            // A small table stays small.
            let size = if chunk == 0 {
                (within + 1).next_power_of_two()
            } else {
                CHUNK
            };
            rows.reserve_exact(size - rows.len());
            rows.resize_with(size, || Row::Free(None));
        }
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

    /// How many there are, in use or free again.
    pub(super) const fn room(&self) -> usize {
        self.begun
    }
}

const fn split(at: u32) -> (usize, usize) {
    (at as usize / CHUNK, at as usize % CHUNK)
}

const CHUNK: usize = 128;
