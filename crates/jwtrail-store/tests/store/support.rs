//! What the tests of stores share.

pub(crate) mod model;

use jwtrail_event::{EventId, EventName, Outcome, Record, Text, Timestamp};
use jwtrail_store::{Batch, Log, Search, State};

/// Everything a store can do.
pub(crate) trait Store: Log + Search + State {}

impl<T: Log + Search + State> Store for T {}

/// An event of one producer at so many seconds.
pub(crate) fn event(id: u128, seconds: i64) -> Record<'static> {
    let time = Timestamp::from_seconds(seconds);
    let mut record = Record::new(EventName::TokenAccepted, Outcome::Success, time);
    record.event_id = EventId::from_u128(id);
    record.producer = Some(Text::from("orders"));
    record.received_at = Some(time);
    record.token_jti = Some(Text::from(format!("jti-{}", id % 3)));
    record.token_sub = Some(Text::from("alice"));
    record.correlation_id = Text::from(format!("request-{id}"));
    record
}

/// A batch of events with these ids, at the second of their id.
pub(crate) fn batch(ids: impl IntoIterator<Item = u128>) -> Batch {
    let mut batch = Batch::new();
    for id in ids {
        batch.push(&event(id, i64::try_from(id).unwrap()));
    }
    batch
}

/// The positions of a page or a read.
pub(crate) fn positions(entries: &[jwtrail_store::Entry]) -> Vec<u64> {
    entries.iter().map(jwtrail_store::Entry::position).collect()
}
