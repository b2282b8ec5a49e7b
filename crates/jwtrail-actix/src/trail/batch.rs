#[cfg(test)]
use jwtrail_event::Record;
use jwtrail_event::events::Event;
use jwtrail_event::{DroppedKind, EventName, Kind, Sort, Stamp, Timestamp, Trust};

/// Whole lines of NDJSON, with what each of them is, on their way to the sinks.
///
/// ```
/// use jwtrail_actix::Batch;
///
/// fn is_worth_compressing(batch: &Batch) -> bool {
///     batch.len() > 100 && batch.bytes().len() > 16 * 1024
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    marks: Vec<Mark>,
}

impl Batch {
    /// The lines, each ended by a line feed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Each line, with the kind that it counts as when it is lost.
    pub fn lines(&self) -> impl Iterator<Item = (DroppedKind, &[u8])> {
        self.ranges()
            .map(|(mark, range)| (mark.kind, self.bytes.get(range).unwrap_or_default()))
    }

    /// Another one with as much room as this one has, so that it need not grow again: what is not
    /// written to takes no memory of the machine.
    pub(super) fn emptied(&self) -> Self {
        Self {
            bytes: Vec::with_capacity(self.bytes.capacity().min(MOST_ROOM)),
            marks: Vec::with_capacity(self.marks.capacity().min(MOST_ROOM / LEAST_LINE)),
        }
    }

    pub(super) fn write(&mut self, event: &impl Event, time: Timestamp, stamp: &Stamp<'_>) -> Sort {
        let sort = event.write(time, stamp, &mut self.bytes);
        self.mark(sort);
        sort
    }

    #[cfg(test)]
    pub(super) fn push(&mut self, record: &Record<'_>) {
        record.write_ndjson(&mut self.bytes);
        self.mark(Sort::of(record));
    }

    fn mark(&mut self, sort: Sort) {
        self.marks.push(Mark {
            end: self.bytes.len(),
            kind: dropped_kind(sort),
            rank: Rank::of(sort),
        });
    }

    /// Takes the lines of this rank and below out, and says what they were.
    pub(super) fn shed(&mut self, up_to: Rank) -> Drops {
        let mut drops = Drops::default();
        let mut kept = Self::default();
        for (mark, range) in self.ranges() {
            if mark.rank <= up_to {
                drops.add(mark.kind, 1);
            } else {
                kept.bytes
                    .extend_from_slice(self.bytes.get(range).unwrap_or_default());
                kept.marks.push(Mark {
                    end: kept.bytes.len(),
                    ..mark
                });
            }
        }
        *self = kept;
        drops
    }

    /// What would be lost if nobody took the batch.
    pub(super) fn as_drops(&self) -> Drops {
        let mut drops = Drops::default();
        for mark in &self.marks {
            drops.add(mark.kind, 1);
        }
        drops
    }

    fn ranges(&self) -> impl Iterator<Item = (Mark, std::ops::Range<usize>)> {
        self.marks.iter().scan(0, |start, mark| {
            let range = *start..mark.end;
            *start = mark.end;
            Some((*mark, range))
        })
    }
}

/// In bytes: a little more than what is handed over at once.
const MOST_ROOM: usize = 72 * 1024;
/// No line is shorter, in bytes.
const LEAST_LINE: usize = 256;

#[derive(Clone, Copy, Debug)]
struct Mark {
    end: usize,
    kind: DroppedKind,
    rank: Rank,
}

/// What goes first when room is short, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// Anybody can cause any number of these without a token that holds.
    Flood,
    /// Other failures.
    Failure,
    /// Issued, refreshed, reused, revoked, accepted, and what we say about ourselves.
    Reserved,
}

impl Rank {
    pub(super) const ALL: [Self; 3] = [Self::Flood, Self::Failure, Self::Reserved];

    /// How much of a place for `capacity` bytes records of this rank may fill.
    pub(super) const fn share(self, capacity: u64) -> u64 {
        match self {
            Self::Flood => capacity / 2,
            Self::Failure => capacity / 4 * 3,
            Self::Reserved => capacity,
        }
    }

    fn of(sort: Sort) -> Self {
        match sort.event {
            EventName::LoginFailed | EventName::RefreshRefused | EventName::IssueRefused
                if sort.trust == Trust::None =>
            {
                Self::Flood
            }
            EventName::LoginFailed | EventName::RefreshRefused | EventName::IssueRefused => {
                Self::Failure
            }
            _ => match dropped_kind(sort) {
                DroppedKind::Unverified => Self::Flood,
                DroppedKind::Failed => Self::Failure,
                DroppedKind::Accepted | DroppedKind::Lifecycle | DroppedKind::System => {
                    Self::Reserved
                }
            },
        }
    }
}

pub(super) fn dropped_kind(sort: Sort) -> DroppedKind {
    match sort.event.kind() {
        Kind::Lifecycle => DroppedKind::Lifecycle,
        Kind::System => DroppedKind::System,
        Kind::Decision if sort.event == EventName::TokenAccepted => DroppedKind::Accepted,
        Kind::Decision if sort.trust == Trust::None => DroppedKind::Unverified,
        Kind::Decision => DroppedKind::Failed,
    }
}

/// How many records were lost, by kind.
///
/// ```
/// use jwtrail_actix::Drops;
/// use jwtrail_event::DroppedKind;
///
/// let mut drops = Drops::default();
/// drops.add(DroppedKind::Unverified, 3);
/// assert_eq!((drops.of(DroppedKind::Unverified), drops.total()), (3, 3));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drops([u64; DroppedKind::ALL.len()]);

impl Drops {
    /// Counts so many more of a kind.
    pub fn add(&mut self, kind: DroppedKind, count: u64) {
        if let Some(slot) = self.0.get_mut(kind as usize) {
            *slot = slot.saturating_add(count);
        }
    }

    /// How many of a kind.
    #[must_use]
    pub fn of(&self, kind: DroppedKind) -> u64 {
        self.0.get(kind as usize).copied().unwrap_or(0)
    }

    /// How many in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Adds another count to this one.
    pub fn merge(&mut self, other: &Self) {
        for (kind, count) in other.iter() {
            self.add(kind, count);
        }
    }

    /// The kinds of which any was lost.
    pub fn iter(&self) -> impl Iterator<Item = (DroppedKind, u64)> + '_ {
        DroppedKind::ALL
            .iter()
            .map(|kind| (*kind, self.of(*kind)))
            .filter(|(_, count)| *count > 0)
    }
}
