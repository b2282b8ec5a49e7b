use std::collections::HashMap;

/// Holds the records that the monitor has against the requests that the clients sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// How many records there are of each request, by its correlation id.
    records: HashMap<String, u64>,
    missing: usize,
}

impl Tally {
    pub(crate) fn of(sent: impl IntoIterator<Item = String>) -> Self {
        let records: HashMap<String, u64> = sent.into_iter().map(|id| (id, 0)).collect();
        let missing = records.len();
        Self { records, missing }
    }

    /// Notes a decision record; those of other requests are passed over.
    pub(crate) fn note(&mut self, correlation_id: &str) {
        if let Some(count) = self.records.get_mut(correlation_id) {
            if *count == 0 {
                self.missing -= 1;
            }
            *count += 1;
        }
    }

    pub(crate) fn complete(&self) -> bool {
        self.missing == 0
    }

    pub(crate) fn requests(&self) -> u64 {
        as_u64(self.records.len())
    }

    pub(crate) fn events(&self) -> u64 {
        self.records.values().sum()
    }

    pub(crate) fn lost(&self) -> u64 {
        as_u64(self.missing)
    }

    pub(crate) fn duplicates(&self) -> u64 {
        self.records
            .values()
            .map(|count| count.saturating_sub(1))
            .sum()
    }
}

fn as_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(sent: &[&str], records: &[&str]) -> Tally {
        let mut tally = Tally::of(sent.iter().map(|id| (*id).to_owned()));
        for id in records {
            tally.note(id);
        }
        tally
    }

    fn figures(tally: &Tally) -> [u64; 4] {
        [
            tally.requests(),
            tally.events(),
            tally.lost(),
            tally.duplicates(),
        ]
    }

    #[test]
    fn one_record_for_each_request_is_complete() {
        let tally = tally(&["a", "b"], &["b", "a"]);
        assert!(tally.complete());
        assert_eq!(figures(&tally), [2, 2, 0, 0]);
    }

    #[test]
    fn a_request_without_a_record_is_lost() {
        let tally = tally(&["a", "b", "c"], &["b"]);
        assert!(!tally.complete());
        assert_eq!(figures(&tally), [3, 1, 2, 0]);
    }

    #[test]
    fn records_beyond_the_first_are_duplicates_and_hide_no_loss() {
        let tally = tally(&["a", "b"], &["a", "a", "a"]);
        assert!(!tally.complete());
        assert_eq!(figures(&tally), [2, 3, 1, 2]);
    }

    #[test]
    fn records_of_others_do_not_count() {
        let tally = tally(&["a"], &["x", "a", "y"]);
        assert!(tally.complete());
        assert_eq!(figures(&tally), [1, 1, 0, 0]);
    }
}
