use std::ops::Range;

use super::Observation;

/// An event, by what the caller knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event<'e> {
    pub(super) index: usize,
    pub(super) observation: &'e Observation<'e>,
}

/// An event and those that were read before it.
#[derive(Clone, Copy, Debug)]
struct Link<'e> {
    event: Event<'e>,
    before: Option<&'e Self>,
}

/// Hands over events, each by its index.
pub(super) trait Read: Fn(usize, &mut dyn FnMut(&Observation<'_>)) + Sync {}

impl<R: Fn(usize, &mut dyn FnMut(&Observation<'_>)) + Sync> Read for R {}

/// Reads some events and shows a few of them at a time. An event is there only while it is handed
/// over, so the next one is read meanwhile.
pub(super) fn together(events: Range<usize>, read: &impl Read, mut show: impl FnMut(&[Event<'_>])) {
    let mut from = events.start;
    while from < events.end {
        let to = events.end.min(from.saturating_add(AT_HAND));
        read_on(from..to, None, read, &mut show);
        from = to;
    }
}

fn read_on(
    mut events: Range<usize>,
    before: Option<&Link<'_>>,
    read: &impl Read,
    show: &mut dyn FnMut(&[Event<'_>]),
) {
    let Some(index) = events.next() else {
        let links = std::iter::successors(before, |link| link.before);
        let mut events: Vec<Event<'_>> = Vec::with_capacity(AT_HAND);
        events.extend(links.map(|link| link.event));
        events.reverse();
        return show(&events);
    };
    let mut is_there = false;
    read(index, &mut |observation| {
        if std::mem::replace(&mut is_there, true) {
            return;
        }
        let event = Event { index, observation };
        read_on(events.clone(), Some(&Link { event, before }), read, show);
    });
    if !is_there {
        read_on(events, before, read, show);
    }
}

/// So many are there at a time: what the machine fetches of memory for one of them, it fetches
/// for the others meanwhile.
const AT_HAND: usize = 16;

#[cfg(test)]
mod tests {
    use jwtrail_event::{EventName, Outcome, Record, Timestamp};

    use super::{AT_HAND, together};
    use crate::Observation;

    #[test]
    fn shows_each_once_and_in_order() {
        let time = Timestamp::from_seconds(1_800_000_000);
        let record = Record::new(EventName::TokenAccepted, Outcome::Success, time);
        // Every third is not there.
        let read = |index: usize, observe: &mut dyn FnMut(&Observation<'_>)| {
            if !index.is_multiple_of(3) {
                observe(&Observation {
                    record: &record,
                    position: index as u64 + 100,
                    received_at: time,
                    producer: "orders",
                });
            }
        };
        for end in [0, 1, 2, AT_HAND, AT_HAND + 2, 5 * AT_HAND + 1] {
            let mut shown = Vec::new();
            together(0..end, &read, |events| {
                assert!(events.len() <= AT_HAND);
                let position = |event: &super::Event<'_>| event.observation.position;
                assert!(events.iter().all(|e| position(e) == e.index as u64 + 100));
                shown.extend(events.iter().map(|event| event.index));
            });
            let there: Vec<usize> = (0..end).filter(|index| !index.is_multiple_of(3)).collect();
            assert_eq!(shown, there);
        }
    }
}
