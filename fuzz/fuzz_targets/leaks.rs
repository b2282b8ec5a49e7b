//! A record that may hold a secret.
#![no_main]

use jwtrail_event::SecretToken;
use jwtrail_scan::leaks::{LeakSearch, Secret, SecretKind};
use libfuzzer_sys::fuzz_target;

const SECRET: &str = "c2VjcmV0LWNhbmFyeS1vZi10aGUtdGVzdA";

fuzz_target!(|record: &[u8]| {
    let secret = SecretToken::new(SECRET.to_owned());
    let mut search = LeakSearch::new(vec![Secret::new(SecretKind::Password, secret)]);
    let record = String::from_utf8_lossy(record);
    let found = search.feed(&record);
    // Whatever stands around it, what is there as it is is found.
    assert!(!record.contains(SECRET) || !found.is_empty());
    let around = format!("{record}{SECRET}{record}");
    assert!(!found.is_empty() || !search.feed(&around).is_empty());
});
