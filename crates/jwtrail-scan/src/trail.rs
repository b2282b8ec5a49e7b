use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::ids::Ids;
use crate::observed::ObservedRecord;
use crate::reading::{FieldMapping, Reading};
use crate::sources::mark;

/// What was seen of the service's log so far, by the ids of the requests.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    records: Vec<ObservedRecord>,
    /// The records of each id that was looked for, by their numbers.
    known: HashMap<String, Vec<usize>>,
}

impl Trail {
    /// Announces a request, so that its records are found.
    pub(crate) fn expect(&mut self, ids: &Ids) {
        for id in [&ids.request, &ids.trace] {
            self.known.entry(id.clone()).or_default();
        }
    }

    pub(crate) fn add(&mut self, records: Vec<ObservedRecord>) {
        for record in records {
            let number = self.records.len();
            for id in self.ids_in(&record) {
                if let Some(numbers) = self.known.get_mut(&id) {
                    numbers.push(number);
                }
            }
            self.records.push(record);
        }
    }

    /// Gives every record's fields our names, as its source calls them.
    pub(crate) fn rename(&mut self, mappings: &BTreeMap<String, FieldMapping>) {
        for record in &mut self.records {
            if let Some(mapping) = mappings.get(source(record)) {
                mapping.apply(record);
            }
        }
    }

    /// The names of the sources that wrote something.
    pub(crate) fn sources(&self) -> BTreeSet<String> {
        let sources = self.records.iter().map(source);
        sources.map(str::to_owned).collect()
    }

    /// Whether a source wrote anything.
    pub(crate) fn has_source(&self, name: &str) -> bool {
        self.records.iter().any(|record| is_of(record, name))
    }

    /// Whether a source has a record of one request.
    pub(crate) fn has(&self, ids: &Ids, name: &str) -> bool {
        self.of(ids).iter().any(|record| is_of(record, name))
    }

    /// Every record that was seen.
    pub(crate) fn all(&self) -> &[ObservedRecord] {
        &self.records
    }

    /// The records of one request, in the order in which they came.
    pub(crate) fn of(&self, ids: &Ids) -> Vec<&ObservedRecord> {
        let mut numbers: Vec<usize> = [&ids.request, &ids.trace]
            .into_iter()
            .filter_map(|id| self.known.get(id))
            .flatten()
            .copied()
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
            .into_iter()
            .filter_map(|number| self.records.get(number))
            .collect()
    }

    /// The records of one request that say how it was decided.
    pub(crate) fn decisions(&self, ids: &Ids) -> Vec<&ObservedRecord> {
        let mut records = self.of(ids);
        records.retain(|record| Reading::of(record).decides());
        // Ours say which of them is about the decision.
        if records
            .iter()
            .any(|record| record.field("kind") == Some("decision"))
        {
            records.retain(|record| record.field("kind") == Some("decision"));
        }
        records
    }

    /// All that the log says of one request's decision, as one record: ours is one, another
    /// service may write the status in one line and the reason in the next.
    pub(crate) fn decision(&self, ids: &Ids) -> Option<ObservedRecord> {
        let decisions = self.decisions(ids);
        let first = decisions.first()?;
        if Reading::of(first).is_ours() {
            return Some((*first).clone());
        }
        let mut whole = (*first).clone();
        for record in self.of(ids) {
            for (name, value) in &record.fields {
                whole
                    .fields
                    .entry(name.clone())
                    .or_insert_with(|| value.clone());
            }
            if record.raw != whole.raw {
                whole.raw = format!("{}\n{}", whole.raw, record.raw);
            }
        }
        Some(whole)
    }

    /// Every id of ours that a record names, wherever it names it.
    fn ids_in(&self, record: &ObservedRecord) -> Vec<String> {
        let mut ids = Vec::new();
        for field in ["correlation_id", "trace_id", "linked_trace_id"] {
            if let Some(value) = record.field(field)
                && self.known.contains_key(value)
            {
                ids.push(value.to_owned());
            }
        }
        if ids.is_empty() {
            let words = record
                .raw
                .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
                // A traceparent holds the id between its dashes.
                .flat_map(|word| std::iter::once(word).chain(word.split('-')));
            ids.extend(
                words
                    .filter(|word| self.known.contains_key(*word))
                    .map(str::to_owned),
            );
        }
        ids.sort();
        ids.dedup();
        ids
    }
}

/// Whether a record came from a source; where there is one, from that.
fn is_of(record: &ObservedRecord, name: &str) -> bool {
    matches!(source(record), own if own.is_empty() || own == name)
}

/// Which source a record came from; empty where there is one.
pub(crate) fn source(record: &ObservedRecord) -> &str {
    record.field(mark::SOURCE).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_found_by_id_wherever_it_stands() {
        let (one, two) = (Ids::random(), Ids::random());
        let mut trail = Trail::default();
        trail.expect(&one);
        trail.expect(&two);
        trail.add(vec![
            ObservedRecord::of_fields("", &[("correlation_id", &one.request)]),
            ObservedRecord::of_fields(&format!("GET / 200 \"{}\"", two.traceparent()), &[]),
            ObservedRecord::of_fields(&format!("{{\"rid\":\"{}\"}}", one.request), &[]),
            ObservedRecord::of_fields("unrelated", &[]),
        ]);
        assert_eq!(trail.of(&one).len(), 2);
        assert_eq!(trail.of(&two).len(), 1);
        assert_eq!(trail.all().len(), 4);
    }

    #[test]
    fn a_record_that_says_what_it_is_counts_alone() {
        let ids = Ids::random();
        let id = ("correlation_id", ids.request.as_str());
        let format = (mark::FORMAT, crate::logs::LogFormat::Audit.as_str());
        let mut trail = Trail::default();
        trail.expect(&ids);
        trail.add(vec![
            ObservedRecord::of_fields("", &[id, format, ("kind", "lifecycle")]),
            ObservedRecord::of_fields("", &[id, format, ("kind", "decision")]),
            ObservedRecord::of_fields("", &[id]),
        ]);
        assert_eq!(trail.decisions(&ids).len(), 1);
    }
}
