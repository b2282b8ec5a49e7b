use super::run::FURTHEST;

/// What a habit has for itself, in one piece: there are many.
#[derive(Debug)]
pub(super) struct Own {
    /// First the hashes of the keys that its events concern, in halves, then what its events have
    /// of values that a rule asks for, then how things stand with its form's ties, two in one.
    words: Box<[u64]>,
    keys: u8,
    values: u8,
    ties: u16,
}

impl Own {
    /// None where there is too much.
    pub(super) fn new(keys: &[u128], values: &[u64], ties: usize) -> Option<Self> {
        let halves = keys
            .iter()
            .flat_map(|key| [(key >> 64) as u64, *key as u64]);
        let unknown = std::iter::repeat_n(UNKNOWN, ties.div_ceil(2));
        Some(Self {
            words: halves
                .chain(values.iter().copied())
                .chain(unknown)
                .collect(),
            keys: u8::try_from(keys.len()).ok()?,
            values: u8::try_from(values.len()).ok()?,
            ties: u16::try_from(ties).ok()?,
        })
    }

    pub(super) fn key(&self, at: u8) -> Option<u128> {
        let halves = self.words.get(..usize::from(self.keys) * 2)?;
        let [high, low] = halves.as_chunks().0.get(usize::from(at))?;
        Some(u128::from(*high) << 64 | u128::from(*low))
    }

    pub(super) fn values(&self) -> &[u64] {
        let from = usize::from(self.keys) * 2;
        let values = self.words.get(from..from + usize::from(self.values));
        values.unwrap_or_default()
    }

    pub(super) fn stands(&self) -> impl Iterator<Item = Stand> {
        (0..usize::from(self.ties)).filter_map(|at| self.stand(at))
    }

    pub(super) fn stand(&self, at: usize) -> Option<Stand> {
        let (word, shift) = self.place(at)?;
        let packed = self.words.get(word)? >> shift;
        Some(Stand::from(Packed(packed as u32)))
    }

    pub(super) fn set(&mut self, at: usize, stand: Stand) {
        if let Some((word, shift)) = self.place(at)
            && let Some(two) = self.words.get_mut(word)
        {
            let Packed(packed) = stand.into();
            *two = *two & !(u64::from(u32::MAX) << shift) | u64::from(packed) << shift;
        }
    }

    /// How many ties there are.
    pub(super) fn ties(&self) -> usize {
        usize::from(self.ties)
    }

    /// The word in which a tie's stand is, and after how many bits.
    fn place(&self, at: usize) -> Option<(usize, usize)> {
        let before = usize::from(self.keys) * 2 + usize::from(self.values);
        (at < usize::from(self.ties)).then_some((before + at / 2, at % 2 * 32))
    }
}

/// How things stand between a habit and a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Stand {
    /// The key is not known.
    Unknown,
    /// Its events are judged one by one.
    Judged,
    /// Events are kept for it, from so far after the first on.
    Kept { from: u32, cap: Cap },
}

/// How many events can be kept for a key without being judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Cap {
    /// A key with more is a busy one.
    Many,
    Some,
    One,
}

impl Cap {
    pub(in crate::engine) const ALL: [Self; 3] = [Self::Many, Self::Some, Self::One];

    pub(in crate::engine) const fn most(self) -> usize {
        match self {
            Self::Many => 64,
            Self::Some => 4,
            Self::One => 1,
        }
    }
}

/// The same in less room.
#[derive(Clone, Copy, Debug)]
struct Packed(u32);

impl From<Stand> for Packed {
    fn from(stand: Stand) -> Self {
        Self(match stand {
            Stand::Unknown => 0,
            Stand::Judged => JUDGED,
            Stand::Kept { from, cap } => from << CAP_BITS | (cap as u32 + 1),
        })
    }
}

impl From<Packed> for Stand {
    fn from(Packed(packed): Packed) -> Self {
        let cap = match packed & ((1 << CAP_BITS) - 1) {
            0 if packed == JUDGED => return Self::Judged,
            0 => return Self::Unknown,
            1 => Cap::Many,
            2 => Cap::Some,
            _ => Cap::One,
        };
        Self::Kept {
            from: packed >> CAP_BITS,
            cap,
        }
    }
}

/// Two of [`Stand::Unknown`].
const UNKNOWN: u64 = 0;
const CAP_BITS: u32 = 2;
const JUDGED: u32 = 1 << CAP_BITS;
const _: () = assert!(FURTHEST <= u32::MAX >> CAP_BITS, "it has the other bits");
