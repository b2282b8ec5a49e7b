//! What should be the changes of a quarantine list: from the monitor, or from the file where a
//! service keeps it.
#![no_main]

use jwtrail_event::quarantine::Changes;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let Ok(changes) = Changes::read(body) else {
        return;
    };
    // It goes into the next question's URL.
    assert!(changes.version.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-'));
    assert!(changes.holds.iter().all(|hold| hold.check().is_ok()));
    let written = serde_json::to_vec(&changes).expect("text and numbers");
    assert_eq!(Changes::read(&written).expect("our own list"), changes);
});
