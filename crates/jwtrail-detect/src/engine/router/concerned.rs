use jwtrail_event::EventName;

use crate::Rule;
use crate::selection::Field;

/// The rules that an event can concern.
#[derive(Debug, Default)]
pub(super) struct Concerned {
    /// Those that are asked about each event.
    pub(super) always: Vec<usize>,
    /// Those that are asked about each that is unlike those before it in what they look at.
    pub(super) shared: Vec<usize>,
    /// What of the record decides what it is to these.
    pub(super) shared_reads: Vec<Field>,
    /// Those that are asked once for a habit.
    pub(super) habitual: Vec<usize>,
    /// What of the record decides what it is to the latter.
    pub(super) reads: Vec<Field>,
}

impl Concerned {
    /// Those that an event's name does not already rule out, by the event.
    pub(super) fn by_event(rules: &[Rule], asks_for_subjects: bool) -> Vec<Self> {
        let mut table: Vec<Self> = Vec::new();
        table.resize_with(EventName::ALL.len(), Self::default);
        for event in EventName::ALL {
            if let Some(row) = table.get_mut(*event as usize) {
                *row = Self::by(rules, *event);
                if asks_for_subjects {
                    // A subject is learnt once for a habit.
                    read(
                        &mut row.reads,
                        &[Field::Trust, Field::TokenIss, Field::TokenSub],
                    );
                }
            }
        }
        table
    }

    fn by(rules: &[Rule], event: EventName) -> Self {
        let mut concerned = Self::default();
        for (at, rule) in rules.iter().enumerate() {
            if !rule.plan.can_select(event) {
                continue;
            }
            if let Some(reads) = rule.plan.reads(event) {
                concerned.habitual.push(at);
                read(&mut concerned.reads, &reads);
            } else if let Some(reads) = rule.plan.reads_shared(event) {
                concerned.shared.push(at);
                read(&mut concerned.shared_reads, &reads);
            } else {
                concerned.always.push(at);
            }
        }
        concerned
    }
}

/// Adds fields that are not there yet.
fn read(fields: &mut Vec<Field>, more: &[Field]) {
    for field in more {
        if !fields.contains(field) {
            fields.push(*field);
        }
    }
}
