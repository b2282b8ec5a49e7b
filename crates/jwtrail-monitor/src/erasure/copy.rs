use std::collections::HashSet;

use jwtrail_event::Record;
use jwtrail_store::{Rewrite, Rewritten, Table};
use serde_json::Value;

use super::Erased;
use super::person::Person;
use super::shell::shell;
use crate::detection;

/// Leaves a person out of a copy of the store.
pub(super) struct Erasing<'p> {
    person: &'p Person,
    pub(super) erased: Erased,
    /// Positions of their events.
    positions: HashSet<u64>,
    /// Addresses of theirs that others came from, too.
    shared: HashSet<String>,
    /// Alerts that are gone.
    gone: HashSet<[u8; 16]>,
    /// Alerts that rest on what is erased, and which nothing would bring to an end any more.
    over: HashSet<[u8; 16]>,
}

impl<'p> Erasing<'p> {
    pub(super) fn new(person: &'p Person) -> Self {
        Self {
            person,
            erased: Erased::default(),
            positions: HashSet::new(),
            shared: HashSet::new(),
            gone: HashSet::new(),
            over: HashSet::new(),
        }
    }

    fn alert(&mut self, key: &[u8], value: &[u8]) -> Rewritten {
        let Some((id, mut row)) = id(key).zip(self.read(value)) else {
            return Rewritten::Same;
        };
        if self.is_about_them(&row) {
            self.gone.insert(id);
            self.erased.alerts += 1;
            return Rewritten::Gone;
        }
        let Some(alert) = row.get_mut("alert") else {
            return Rewritten::Same;
        };
        let open = alert.get("status").and_then(Value::as_str) == Some("open");
        if !open || !self.rests_on_theirs(alert) {
            return Rewritten::Same;
        }
        if let Some(status) = alert.get_mut("status") {
            *status = Value::from("resolved");
        }
        self.over.insert(id);
        changed(&row)
    }

    /// Whether an alert names one of their events.
    fn rests_on_theirs(&self, alert: &Value) -> bool {
        let named = |of: &str| alert.get(of).and_then(Value::as_array);
        let named = ["evidence", "witnesses"].into_iter().filter_map(named);
        let mut positions = named
            .flatten()
            .filter_map(|item| item.get("position")?.as_u64());
        positions.any(|position| self.positions.contains(&position))
    }

    /// Whether the key of an alert is a person's.
    fn is_about_them(&self, row: &Value) -> bool {
        let key = row.get("alert").and_then(|alert| alert.get("key"));
        let Some(Value::Object(parts)) = key else {
            return false;
        };
        let mut texts = parts.values().filter_map(Value::as_str);
        let address = texts.any(|text| self.is_their_address(text));
        address || parts.values().any(|part| self.person.is_mentioned_in(part))
    }

    /// Whether they came from there, and nobody else.
    fn is_their_address(&self, text: &str) -> bool {
        self.person.came_from(text) && !self.shared.contains(text)
    }

    fn notice(&mut self, value: &[u8]) -> Rewritten {
        match self.read(value).is_some_and(|row| self.is_about_them(&row)) {
            true => {
                self.erased.notices += 1;
                Rewritten::Gone
            }
            false => Rewritten::Same,
        }
    }

    fn response(&mut self, key: &[u8], value: &[u8]) -> Rewritten {
        let gone = id(key).is_some_and(|id| self.gone.contains(&id));
        match gone || self.read(value).is_some_and(|row| self.is_about_them(&row)) {
            true => Rewritten::Gone,
            false => Rewritten::Same,
        }
    }

    fn rollup(&mut self, value: &[u8]) -> Rewritten {
        let Some(mut minute) = self.read(value) else {
            return Rewritten::Same;
        };
        let mut removed = 0;
        for top in ["subjects", "addresses"] {
            let Some(Value::Object(names)) = minute.get_mut(top) else {
                continue;
            };
            let before = names.len();
            names.retain(|name, _| !self.person.is_subject(name) && !self.is_their_address(name));
            removed += before - names.len();
        }
        match removed {
            0 => Rewritten::Same,
            _ => changed(&minute),
        }
    }

    fn read(&mut self, value: &[u8]) -> Option<Value> {
        let row = serde_json::from_slice(value).ok();
        self.erased.unread += u64::from(row.is_none());
        row
    }
}

impl Rewrite for Erasing<'_> {
    fn line(&mut self, position: u64, line: &[u8]) -> Option<Vec<u8>> {
        let Ok(record) = Record::read(line) else {
            self.erased.unread += 1;
            return None;
        };
        if !self.person.has(&record) {
            let address = record.client_ip.as_ref().map(|address| address.as_str());
            let shared = address.filter(|address| self.person.came_from(address));
            self.shared.extend(shared.map(str::to_owned));
            return None;
        }
        self.erased.events += 1;
        self.positions.insert(position);
        Some(shell(&record))
    }

    fn row(&mut self, table: Table, key: &[u8], value: &[u8]) -> Rewritten {
        match table {
            Table::Alert => self.alert(key, value),
            Table::AlertIndex => match id(key) {
                Some(id) if self.gone.contains(&id) => Rewritten::Gone,
                Some(id) if self.over.contains(&id) && is_open(key) => Rewritten::Gone,
                _ => Rewritten::Same,
            },
            Table::Outbox | Table::Parked => self.notice(value),
            Table::Response => self.response(key, value),
            Table::Rollup => self.rollup(value),
            // What is told by now; entries that name them were refused.
            Table::Quarantine => match self.read(value) {
                Some(row) if self.person.is_mentioned_in(&row) => Rewritten::Gone,
                _ => Rewritten::Same,
            },
            Table::Snapshot if detection::names_somebody(key) => Rewritten::Gone,
            _ => Rewritten::Same,
        }
    }
}

fn is_open(key: &[u8]) -> bool {
    key.first() == Some(&crate::alerts::OPEN)
}

fn id(key: &[u8]) -> Option<[u8; 16]> {
    key.last_chunk().copied()
}

fn changed(row: &Value) -> Rewritten {
    Rewritten::Changed(row.to_string().into_bytes())
}
