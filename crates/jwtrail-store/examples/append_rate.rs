//! How many events a second the store acknowledges: `append_rate DIRECTORY SENDERS EVENTS BATCHES`.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement prints, and takes time"
)]

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use jwtrail_event::{EventId, EventName, Outcome, Record, Text, Timestamp};
use jwtrail_store::{Batch, Embedded, Log as _, Options, StoreError};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory, senders, events, batches] = arguments.as_slice() else {
        return Err("arguments: DIRECTORY SENDERS EVENTS BATCHES".into());
    };
    let (senders, events): (u128, u128) = (senders.parse()?, events.parse()?);
    let batches: u128 = batches.parse()?;
    let store = Arc::new(Embedded::open(directory, Options::default())?);
    let start = Instant::now();
    let send = |sender: u128| {
        let store = Arc::clone(&store);
        std::thread::spawn(move || -> Result<(), StoreError> {
            for step in 0..batches {
                let first = (sender << 64) + step * events;
                store.append(batch(first, events)).wait().map(drop)?;
            }
            Ok(())
        })
    };
    let threads: Vec<_> = (1..=senders).map(send).collect();
    for thread in threads {
        thread.join().map_err(|_| "a sender panicked")??;
    }
    let seconds = start.elapsed().as_secs_f64();
    let usage = store.usage();
    println!(
        "{} events, {} bytes in {seconds:.2} s",
        usage.events, usage.bytes
    );
    Ok(())
}

fn batch(first: u128, events: u128) -> Batch {
    let mut batch = Batch::new();
    for id in first..first + events {
        let time = Timestamp::from_seconds(1_700_000_000);
        let mut record = Record::new(EventName::TokenAccepted, Outcome::Success, time);
        record.event_id = EventId::from_u128(id);
        record.producer = Some(Text::from("orders"));
        record.received_at = Some(time);
        record.service = Text::from("orders-api");
        record.token_jti = Some(Text::from(format!("{id:032x}")));
        record.token_sub = Some(Text::from(format!("user-{}", id % 100_000)));
        record.correlation_id = Text::from(format!("{id:x}"));
        record.token_fp = Some(Text::from(format!("k1:{id:032x}")));
        record.client_ip = Some(Text::from("203.0.113.7"));
        batch.push(&record);
    }
    batch
}
