use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::count::room_for_one;
use crate::engine::facts::Source;

/// Which presentations of a token are one, and which sources go together.
///
/// The events of one trace are one presentation: a caller's, and those of the services that pass
/// its token on. Which of them is first by time says little, since clocks differ; so sources that
/// were seen in one trace are taken for one, whoever came first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Company {
    /// The latest traces, each with its first source. A part of a hash is enough among so few.
    traces: VecDeque<(u32, u32)>,
    /// Sources that go together, by the one that speaks for them. Most tokens have none.
    joined: Vec<(u32, u32)>,
}

/// What an event is to the presentations before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presented {
    /// The first of its trace.
    New,
    /// Another event of a trace that was seen.
    Known,
    /// The same, and it shows that a source goes with others: the one that does not speak for
    /// itself any more.
    Joins(u32),
}

impl Company {
    pub(super) fn present(&mut self, source: &Source) -> Presented {
        let (trace, tag) = (part(source.trace), tag(source));
        let known = self.traces.iter().find(|(known, _)| *known == trace);
        let Some((_, first)) = known else {
            room_for_one(&mut self.traces);
            self.traces.push_back((trace, tag));
            while self.traces.len() > MAX_TRACES {
                self.traces.pop_front();
            }
            return Presented::New;
        };
        let (one, other) = (self.speaker(*first), self.speaker(tag));
        if one == other {
            return Presented::Known;
        }
        for (_, speaker) in self.joined.iter_mut().filter(|(_, of)| *of == other) {
            *speaker = one;
        }
        if !self.joined.iter().any(|(joined, _)| *joined == other) {
            self.joined.push((other, one));
        }
        if self.joined.len() > MAX_JOINED {
            self.joined.remove(0);
        }
        Presented::Joins(other)
    }

    /// The source that speaks for this one, which may be itself.
    pub(super) fn of(&self, source: &Source) -> u32 {
        self.speaker(tag(source))
    }

    /// Whether so many more events could have it tell sources apart again.
    pub(super) fn may_forget(&self, more: usize) -> bool {
        self.joined.len() + more > MAX_JOINED
    }

    fn speaker(&self, tag: u32) -> u32 {
        let mut joined = self.joined.iter();
        let found = joined.find(|(joined, _)| *joined == tag);
        found.map_or(tag, |(_, speaker)| *speaker)
    }
}

fn tag(source: &Source) -> u32 {
    part(source.place ^ source.kind.rotate_left(1))
}

#[expect(clippy::cast_possible_truncation, reason = "a part of a hash")]
const fn part(hash: u64) -> u32 {
    hash as u32
}

/// Hops of one trace follow each other closely: a busy token need not remember those long over.
const MAX_TRACES: usize = 64;
/// A token is passed on by so many instances at most, or the oldest are told apart again.
const MAX_JOINED: usize = 64;

#[cfg(test)]
mod tests {
    use super::{Company, Presented};
    use crate::engine::facts::Source;

    fn at(place: u64, trace: u64) -> Source {
        Source {
            place,
            kind: 0,
            trace,
        }
    }

    #[test]
    fn sources_of_one_trace_go_together_whoever_came_first() {
        let mut company = Company::default();
        assert_eq!(company.present(&at(1, 7)), Presented::New);
        assert_eq!(company.present(&at(2, 8)), Presented::New);
        assert_ne!(company.of(&at(1, 0)), company.of(&at(2, 0)));
        assert_eq!(company.present(&at(1, 8)), Presented::Joins(1));
        assert_eq!(company.of(&at(1, 0)), company.of(&at(2, 0)));
        assert_eq!(company.present(&at(3, 7)), Presented::Joins(3));
        assert_eq!(company.of(&at(3, 0)), company.of(&at(2, 0)));
        assert_eq!(company.present(&at(3, 8)), Presented::Known);
        assert_ne!(company.of(&at(4, 0)), company.of(&at(2, 0)));
    }
}
