use std::collections::{BTreeSet, VecDeque};

use jwtrail_event::Timestamp;

use super::rows::{Done, Outcome};

/// What rules have held within the last hour.
#[derive(Debug, Default)]
pub(super) struct History {
    held: VecDeque<Held>,
}

#[derive(Debug)]
struct Held {
    at: Timestamp,
    rule: String,
    subject: Subject,
}

/// One that is not known counts as one of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Known(String),
    Unknown(usize),
}

impl History {
    pub(super) fn of(mut done: Vec<Done>) -> Self {
        done.sort_by_key(|done| done.at);
        let mut history = Self::default();
        for done in &done {
            history.add(done);
        }
        history
    }

    pub(super) fn add(&mut self, done: &Done) {
        if let Outcome::Held { subject, .. } = &done.outcome {
            let unknown = Subject::Unknown(self.held.len());
            self.held.push_back(Held {
                at: done.at,
                rule: done.rule.clone(),
                subject: subject.clone().map_or(unknown, Subject::Known),
            });
        }
    }

    /// How many entries a rule has made within the hour up to now.
    pub(super) fn by_rule(&self, rule: &str, now: Timestamp) -> u32 {
        let within = self.within(now).filter(|held| held.rule == rule);
        u32::try_from(within.count()).unwrap_or(u32::MAX)
    }

    /// How many subjects would be held within the hour with one more, since a moment.
    pub(super) fn subjects_with(
        &self,
        subject: Option<&str>,
        since: Option<Timestamp>,
        now: Timestamp,
    ) -> u64 {
        let counted = |held: &&Held| since.is_none_or(|since| held.at > since);
        let held = self.within(now).filter(counted);
        let mut subjects: BTreeSet<_> = held.map(|held| held.subject.clone()).collect();
        let one_more = subject.map(|subject| Subject::Known(subject.to_owned()));
        subjects.insert(one_more.unwrap_or(Subject::Unknown(usize::MAX)));
        subjects.len() as u64
    }

    /// Forgets what is longer ago.
    pub(super) fn trim(&mut self, now: Timestamp) {
        let over = |held: &Held| now.micros_since(held.at) >= HOUR;
        while self.held.front().is_some_and(over) {
            self.held.pop_front();
        }
    }

    fn within(&self, now: Timestamp) -> impl Iterator<Item = &Held> {
        self.held
            .iter()
            .filter(move |held| now.micros_since(held.at) < HOUR)
    }
}

/// In microseconds.
const HOUR: i64 = 3_600_000_000;

#[cfg(test)]
mod tests {
    use jwtrail_event::EventId;

    use super::*;

    fn held(second: i64, rule: &str, subject: Option<&str>) -> Done {
        Done {
            rule: rule.to_owned(),
            at: Timestamp::from_seconds(second),
            outcome: Outcome::Held {
                entry: EventId::from_u128(1),
                until: Timestamp::from_seconds(second + 60),
                subject: subject.map(str::to_owned),
            },
        }
    }

    #[test]
    fn an_hour_is_counted_by_rule_and_by_subject() {
        let mut history = History::of(vec![
            held(3_000, "a", Some("ann")),
            held(0, "a", Some("ann")),
            held(10, "b", None),
            held(20, "b", None),
        ]);
        let at = Timestamp::from_seconds;
        assert_eq!(history.by_rule("a", at(3_599)), 2);
        assert_eq!(history.by_rule("a", at(3_600)), 1, "the hour is half-open");
        assert_eq!(history.subjects_with(Some("ann"), None, at(3_000)), 3);
        assert_eq!(history.subjects_with(None, None, at(3_000)), 4);
        assert_eq!(
            history.subjects_with(Some("bob"), Some(at(20)), at(3_000)),
            2
        );
        history.trim(at(3_615));
        assert_eq!(history.held.len(), 2);
        assert_eq!(history.by_rule("b", at(3_615)), 1);
    }
}
