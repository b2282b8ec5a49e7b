//! A line that should be an audit event.
#![no_main]

use jwtrail_event::Record;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|line: &[u8]| {
    let Ok(record) = Record::read(line) else {
        return;
    };
    let mut written = Vec::new();
    record.write_ndjson(&mut written);
    // One record is one line, always, and says the same when it is read again.
    assert_eq!(written.iter().filter(|byte| **byte == b'\n').count(), 1);
    assert_eq!(written.last(), Some(&b'\n'));
    assert!(!written.iter().any(|byte| matches!(byte, b'\r' | 0x1b)));
    assert_eq!(Record::read(&written).expect("our own line"), record);
});
