//! A log, in whatever pieces it comes, and a line of it in any format.
#![no_main]

use jwtrail_scan::logs::{Lines, MAX_LINE, Moment, parse_line};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|log: &[u8]| {
    let mut whole = Lines::default();
    let mut expected: Vec<_> = whole.feed(log).collect();
    expected.extend(whole.finish());
    // However it is cut, the lines are the same.
    let cut = log.first().map_or(1, |byte| usize::from(*byte) % 16 + 1);
    let mut pieces = Lines::default();
    let mut found: Vec<_> = log.chunks(cut).flat_map(|piece| pieces.feed(piece)).collect();
    found.extend(pieces.finish());
    assert_eq!(found, expected);
    for line in found {
        assert!(line.bytes.len() <= MAX_LINE && !line.bytes.contains(&b'\n'));
        for entry in parse_line(&line.bytes) {
            assert!(entry.fields.len() <= 512);
            assert!(entry.text.len() <= 4 * 1024);
            for (_, value) in entry.fields.iter() {
                assert!(value.len() <= 8 * 1024);
                let _ = Moment::read(value);
            }
        }
    }
});
