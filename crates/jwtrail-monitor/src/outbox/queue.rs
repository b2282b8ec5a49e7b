use jwtrail_store::{Change, Row, Scan, State, StoreError, Table};

use crate::AlertOutput;
#[cfg(feature = "smtp")]
use crate::AlertTarget;

/// The rows of what waits for an output, or for one reader of it.
pub(super) struct Queue {
    prefix: Vec<u8>,
    reader: Option<String>,
}

impl Queue {
    /// Those of an output: mail has one for each address.
    pub(super) fn all(output: &AlertOutput) -> Vec<Self> {
        #[cfg(feature = "smtp")]
        if let AlertTarget::Mail(server) = &output.target {
            let mut queues: Vec<Self> = Vec::new();
            for reader in &server.to {
                let address: &str = reader.email.as_ref();
                let prefix = [&start(&output.name, ONE), address.as_bytes(), &[END]].concat();
                if queues.iter().all(|known| known.prefix != prefix) {
                    queues.push(Self {
                        prefix,
                        reader: Some(reader.to_string()),
                    });
                }
            }
            return queues;
        }
        vec![Self {
            prefix: start(&output.name, END),
            reader: None,
        }]
    }

    /// What its rows begin with, and no other queue's do.
    pub(super) fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    /// The reader, as the configuration names it.
    pub(super) fn reader(&self) -> Option<&str> {
        self.reader.as_deref()
    }

    /// The key of a row.
    pub(super) fn key(&self, rest: &[u8]) -> Vec<u8> {
        [&self.prefix, rest].concat()
    }

    /// What follows the prefix in a row's key.
    pub(super) fn rest<'k>(&self, key: &'k [u8]) -> &'k [u8] {
        key.get(self.prefix.len()..).unwrap_or_default()
    }
}

/// Puts what was set aside in the queues again. What waits for a reader that the output no longer
/// has goes to all that it has: the address may have been mended, and twice is better than never.
pub(super) fn settle(
    name: &str,
    queues: &[Queue],
    state: &dyn State,
) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::new();
    for table in [Table::Parked, Table::Outbox] {
        for kind in [END, ONE] {
            let rows = state.scan(&Scan {
                prefix: &start(name, kind),
                ..Scan::all(table)
            })?;
            for row in rows {
                place(queues, table, row, &mut changes);
            }
        }
    }
    Ok(changes)
}

fn place(queues: &[Queue], table: Table, (key, body): Row, changes: &mut Vec<Change>) {
    let own = queues.iter().find(|queue| key.starts_with(&queue.prefix));
    match own {
        Some(_) if table == Table::Outbox => return,
        Some(_) => changes.push(Change::Put(Table::Outbox, key.clone(), body)),
        None => {
            // The output's name, then the reader's if there was one; neither has such a byte.
            let mut parts = key.splitn(2, |byte| *byte == END);
            let rest = parts.nth(1).unwrap_or_default();
            let to_all = queues.iter().map(|queue| queue.key(rest));
            changes.extend(to_all.map(|key| Change::Put(Table::Outbox, key, body.clone())));
        }
    }
    changes.push(Change::Remove(table, key));
}

/// Names have neither byte, so no output's rows begin like another's.
fn start(name: &str, kind: u8) -> Vec<u8> {
    [name.as_bytes(), &[kind]].concat()
}

/// Ends the name of an output that is one queue, and the address of a reader.
const END: u8 = 0;
/// Ends the name of an output where a reader's address follows.
const ONE: u8 = 1;

#[cfg(feature = "smtp")]
#[cfg(test)]
mod tests {
    use jwtrail_store::{Embedded, Options};

    use super::*;
    use crate::MailServer;

    fn keys(store: &dyn State, table: Table) -> Vec<String> {
        let rows = store.scan(&Scan::all(table)).unwrap().into_iter();
        rows.map(|(key, _)| String::from_utf8(key).unwrap())
            .collect()
    }

    #[test]
    fn what_waited_for_the_whole_output_goes_to_each_reader_and_back() {
        let directory = tempfile::tempdir().unwrap();
        let store = Embedded::open(directory.path(), Options::default()).unwrap();
        let put = |table, key: &str| Change::Put(table, key.into(), b"notice".to_vec());
        let others = "mail.2\0x";
        let old = [
            put(Table::Outbox, "mail\x00a"),
            put(Table::Parked, "mail\x00b"),
            put(Table::Outbox, others),
        ];
        store.commit(old.into()).unwrap();
        let server = MailServer::builder("mail.example");
        let server = server.build("a@b.example", ["b@b.example", "c@b.example"]);
        let mail = AlertOutput::mail("mail", server.unwrap());
        let whole = AlertOutput::file("mail", "alerts.ndjson");
        let settled = |output: &AlertOutput| {
            let changes = settle("mail", &Queue::all(output), &store).unwrap();
            store.commit(changes).unwrap();
            assert!(keys(&store, Table::Parked).is_empty());
            keys(&store, Table::Outbox)
        };
        let each = ["\x01b@b.example\0", "\x01c@b.example\0"];
        let each = each.map(|reader| ["a", "b"].map(|rest| format!("mail{reader}{rest}")));
        let mut expected: Vec<String> = each.into_iter().flatten().collect();
        expected.push(others.to_owned());
        assert_eq!(settled(&mail), expected);
        assert_eq!(settled(&mail), expected);
        assert_eq!(settled(&whole), ["mail\0a", "mail\0b", others]);
    }
}
