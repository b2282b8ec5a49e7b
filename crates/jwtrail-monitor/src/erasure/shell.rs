use jwtrail_event::{Record, Text};

use crate::rules;

/// What is left of a person's record: that something happened, when, where and how it ended.
pub(super) fn shell(record: &Record<'_>) -> Vec<u8> {
    let mut shell = Record::new(record.event, record.outcome, record.time);
    shell.event_id = record.event_id;
    shell.service = record.service.reborrow();
    shell.service_version = record.service_version.reborrow();
    shell.instance = record.instance.reborrow();
    shell.boot_id = record.boot_id.reborrow();
    shell.seq = record.seq;
    shell.trust = record.trust;
    shell.correlation_id = Text::from(ERASED);
    shell.reason = record.reason;
    shell.method = record.method.as_ref().map(Text::reborrow);
    shell.route = record.route.as_ref().map(Text::reborrow);
    shell.status = record.status;
    shell.exit = record.exit;
    shell.enforced = record.enforced;
    shell.duration_us = record.duration_us;
    shell.cache = record.cache;
    shell.rule = record.rule.as_ref().map(Text::reborrow);
    shell.producer = record.producer.as_ref().map(Text::reborrow);
    shell.received_at = record.received_at;
    if rules::announced(record).is_some() {
        // By this the log says which rules judge what comes after; it names nobody.
        shell.target = record.target.as_ref().map(Text::reborrow);
    }
    let mut line = Vec::new();
    shell.write_ndjson(&mut line);
    line
}

/// In the place of the id that joined it to others.
const ERASED: &str = "erased";

#[cfg(test)]
mod tests {
    use jwtrail_event::{EventName, Outcome, Timestamp};

    use super::*;

    #[test]
    fn which_rules_are_in_force_stays_and_other_targets_go() {
        let left = |target: &'static str| {
            let time = Timestamp::from_seconds(7);
            let mut record = Record::new(EventName::RulesChanged, Outcome::Success, time);
            record.producer = Some(Text::from("jwtrail-monitor"));
            record.actor = Some(Text::from("nina"));
            record.rule = Some(Text::from("*"));
            record.target = Some(Text::from(target));
            String::from_utf8(shell(&record)).unwrap()
        };
        let kept = left("in force 5f1c");
        let kept = Record::read(kept.as_bytes()).unwrap();
        assert_eq!(rules::announced(&kept), Some("5f1c"));
        assert_eq!(kept.actor, None);
        assert!(!left("refused: nina").contains("nina"));
    }
}
