use crate::Usage;

/// Where the log begins and ends, kept in the same commit as what it describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tail {
    pub(super) first: u64,
    pub(super) next: u64,
    pub(super) events: u64,
    pub(super) bytes: u64,
}

impl Tail {
    pub(super) const EMPTY: Self = Self {
        first: 1,
        next: 1,
        events: 0,
        bytes: 0,
    };

    pub(super) fn encode(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        let numbers = [self.first, self.next, self.events, self.bytes];
        for (place, number) in bytes.chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number.to_be_bytes());
        }
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; 32] = bytes.try_into().ok()?;
        let (numbers, _) = bytes.as_chunks::<8>();
        let [first, next, events, bytes] = numbers else {
            return None;
        };
        Some(Self {
            first: u64::from_be_bytes(*first),
            next: u64::from_be_bytes(*next),
            events: u64::from_be_bytes(*events),
            bytes: u64::from_be_bytes(*bytes),
        })
    }

    pub(super) const fn usage(self) -> Usage {
        Usage {
            events: self.events,
            bytes: self.bytes,
            first: self.first,
            last: self.next.saturating_sub(1),
        }
    }
}

pub(super) const TAIL_KEY: &str = "tail";
pub(super) const LAYOUT_KEY: &str = "layout";
/// Raise it when what stands on disk changes its meaning.
pub(super) const LAYOUT: u64 = 1;
