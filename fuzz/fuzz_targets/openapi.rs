//! An API document, JSON or YAML.
#![no_main]

use jwtrail_scan::spec::{Location, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(spec) = read(bytes) else {
        return;
    };
    for operation in &spec.operations {
        // Each can be called, and SARIF can point at each.
        assert!(operation.place.line > 0 && operation.place.column > 0);
        assert!(operation.target().starts_with('/'));
        assert!(operation.target().bytes().all(|byte| byte.is_ascii_graphic()));
        for parameter in &operation.parameters {
            assert!(parameter.required || parameter.location != Location::Path);
        }
    }
    for note in &spec.notes {
        assert!(note.text.len() < 1_000 && !note.text.contains(char::is_control));
    }
});
