use super::meaning::{Moment, Of, Said};
use crate::support::Happening;

/// A number of a boot's sequence, above the first that was seen of it, has not come within 30 s of
/// the event that a higher one came with.
pub(super) fn missing(events: &[&Happening], of: Of, end: i64) -> Vec<Moment> {
    let mut moments: Vec<Moment> = Vec::new();
    let mine = |boot: u8| {
        let events = events.iter().enumerate();
        events.filter(move |(_, event)| event.boot == boot && of.selects(event))
    };
    for boot in 0..2 {
        let number = |event: &Happening| event.seq.unwrap();
        let Some((_, first)) = mine(boot).next() else {
            continue;
        };
        let last = mine(boot).map(|(_, event)| number(event)).max().unwrap();
        for missing in number(first) + 1..last {
            let (shown, higher) = mine(boot)
                .find(|(_, event)| number(event) > missing)
                .unwrap();
            let due = higher.at + PATIENCE;
            let came = mine(boot).any(|(_, event)| number(event) == missing && event.at < due);
            // One event shows all numbers that it leaves out.
            let known = moments.iter().any(|moment| moment.event == shown);
            if !came && !known {
                moments.push(over(due, shown));
            }
        }
    }
    in_order(moments, end)
}

/// After an event of one kind none came within so long, and none that ends the wait.
pub(super) fn silent(
    events: &[&Happening],
    expect: Of,
    until: Of,
    within: i64,
    end: i64,
) -> Vec<Moment> {
    let waits = |event: &Happening| expect.selects(event) && !until.selects(event);
    let mut moments = Vec::new();
    for (at, event) in events.iter().enumerate() {
        let due = event.at + within;
        let mut after = events[at + 1..].iter().take_while(|event| event.at < due);
        let came = after.any(|event| expect.selects(event) || until.selects(event));
        if waits(event) && !came {
            moments.push(over(due, at));
        }
    }
    in_order(moments, end)
}

fn over(due: i64, event: usize) -> Moment {
    Moment {
        at: due,
        waited: true,
        event,
        said: Said::Met(vec![event]),
    }
}

/// After the log's end nobody knows whether something came.
fn in_order(mut moments: Vec<Moment>, end: i64) -> Vec<Moment> {
    moments.retain(|moment| moment.at <= end);
    moments.sort_by_key(Moment::order);
    moments
}

const PATIENCE: i64 = 30_000;
