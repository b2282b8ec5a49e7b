mod writers;

use writers::Writers;

use super::facts::Facts;

/// What the shards have to know of some events, worked out once and without looking at any
/// state that other events change.
#[derive(Debug, Default)]
pub(super) struct Digest {
    pub(super) writers: Writers,
    pub(super) arrivals: Vec<Arrival>,
    /// Those of the first event, then those of the second, and so on.
    pub(super) touches: Vec<Touch>,
}

/// One event.
#[derive(Debug)]
pub(super) struct Arrival {
    /// By what the caller knows it.
    pub(super) index: usize,
    pub(super) position: u64,
    /// Milliseconds.
    pub(super) received_at: i64,
    pub(super) time: i64,
    pub(super) seq: u64,
    pub(super) event_id: u128,
    /// Hash of who wrote it.
    pub(super) writer: u64,
    /// Number of its service's name; none where it has none yet.
    pub(super) service: Option<u32>,
    /// The subject whose signature held.
    pub(super) subject: Option<u128>,
    /// The subject that an unverified token claims.
    pub(super) claim: Option<u128>,
    /// Whether we know that one.
    pub(super) claims_known: bool,
    /// Whether it was observed before.
    pub(super) passed_over: bool,
    /// Where its touches end.
    pub(super) touches: usize,
}

/// One key of one rule that an event is of.
#[derive(Debug)]
pub(super) struct Touch {
    pub(super) rule: usize,
    /// None where the event lacks what the rule needs.
    pub(super) what: Option<Touched>,
    /// Whether it is the event's first for this rule.
    pub(super) first: bool,
}

#[derive(Debug)]
pub(super) struct Touched {
    pub(super) lane: usize,
    /// The place of the key's class in the rule.
    pub(super) class: usize,
    pub(super) hash: u128,
    pub(super) facts: Facts,
}

impl Digest {
    pub(super) fn clear(&mut self) {
        self.arrivals.clear();
        self.touches.clear();
    }

    /// Each event with its touches.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Arrival, &[Touch])> {
        let mut from = 0;
        self.arrivals.iter().map(move |arrival| {
            let touches = self.touches.get(from..arrival.touches).unwrap_or_default();
            from = arrival.touches;
            (arrival, touches)
        })
    }
}
