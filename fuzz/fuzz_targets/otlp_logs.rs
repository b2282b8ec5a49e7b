//! The body of an OTLP log export, in protobuf and in JSON.
#![no_main]

use jwtrail_scan::logs::{parse_otlp_json, parse_otlp_protobuf};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    for entries in [parse_otlp_protobuf(body).ok(), parse_otlp_json(body).ok()] {
        for entry in entries.into_iter().flatten() {
            assert!(entry.fields.len() <= 512);
        }
    }
});
