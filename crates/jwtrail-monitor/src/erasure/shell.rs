use jwtrail_event::{Record, Text};

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
    let mut line = Vec::new();
    shell.write_ndjson(&mut line);
    line
}

/// In the place of the id that joined it to others.
const ERASED: &str = "erased";
