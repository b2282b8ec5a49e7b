use jwtrail_store::Entry;

use crate::internal_events::UnreadableEntry;

/// Entries as a JSON array of records, each with its position.
pub(super) fn array<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<u8> {
    let mut json = vec![b'['];
    for entry in entries {
        match entry.record() {
            Ok(record) => {
                if json.len() > 1 {
                    json.push(b',');
                }
                record.write_ndjson(&mut json);
                json.pop_if(|last| *last == b'\n');
            }
            Err(error) => UnreadableEntry {
                position: entry.position(),
                error: &error,
            }
            .emit(),
        }
    }
    json.push(b']');
    json
}
