//! A line that should be an audit event.
#![no_main]

use jwtrail_event::Record;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|line: &[u8]| {
    let Ok(record) = Record::read(line) else {
        return;
    };
    // However the line was read, the parser reads the same in it.
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    let mut parsed: Record<'_> = sonic_rs::from_slice(text).expect("what was read");
    parsed.cap();
    assert_eq!(parsed, record);
    let mut written = Vec::new();
    record.write_ndjson(&mut written);
    // One record is one line, always, and says the same when it is read again.
    assert_eq!(written.iter().filter(|byte| **byte == b'\n').count(), 1);
    assert_eq!(written.last(), Some(&b'\n'));
    assert!(!written.iter().any(|byte| matches!(byte, b'\r' | 0x1b)));
    assert_eq!(Record::read(&written).expect("our own line"), record);
});
