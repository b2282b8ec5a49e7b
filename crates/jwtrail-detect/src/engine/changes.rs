use crate::AlertChange;

/// Changes with what puts them in order. The order is that of the log, then of the rules, then
/// of times and keys: it does not depend on who worked them out.
#[derive(Debug, Default)]
pub(super) struct Changes {
    now: Moment,
    list: Vec<(Moment, AlertChange)>,
}

/// When in the log a change comes about, and by what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    /// The number of the event.
    pub(super) event: u64,
    pub(super) cause: Cause,
    /// The rule's number.
    pub(super) rule: usize,
    /// When it was due, where it was a clock's doing.
    pub(super) due: i64,
    /// The key's hash.
    pub(super) key: u128,
}

/// What brings a change about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// The arrival clock.
    #[default]
    Update,
    /// The watermark.
    Timer,
    /// The event itself.
    Event,
}

impl Changes {
    /// What is pushed from now on comes about here.
    pub(super) const fn at(&mut self, moment: Moment) {
        self.now = moment;
    }

    /// The same event as before.
    pub(super) const fn moment(&self) -> Moment {
        self.now
    }

    pub(super) fn push(&mut self, change: AlertChange) {
        self.list.push((self.now, change));
    }

    pub(super) fn append(&mut self, other: &mut Self) {
        self.list.append(&mut other.list);
    }

    /// Hands them over in their order.
    pub(super) fn tell(&mut self, changes: &mut Vec<AlertChange>) {
        // Those of one key at one moment stay as they are.
        self.list.sort_by_key(|(moment, _)| *moment);
        changes.extend(self.list.drain(..).map(|(_, change)| change));
    }
}
