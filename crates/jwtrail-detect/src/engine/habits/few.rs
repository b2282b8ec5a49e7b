use crate::engine::table::Row;

/// The habits of one key: three at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Few([Row; MOST]);

impl Few {
    pub(in crate::engine) const NONE: Self = Self([Row::NONE; MOST]);

    /// One more, if there is room.
    pub(in crate::engine) fn with(self, habit: Row) -> Option<Self> {
        let Self(mut habits) = self;
        *habits.iter_mut().find(|place| **place == Row::NONE)? = habit;
        Some(Self(habits))
    }

    pub(in crate::engine) fn iter(self) -> impl Iterator<Item = Row> {
        self.0.into_iter().filter(|habit| *habit != Row::NONE)
    }
}

const MOST: usize = 3;
