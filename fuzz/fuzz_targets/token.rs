//! Any text in a token's place: nobody forges a signature.
#![no_main]

use jwtrail_fuzz::{CLAIMS, HEADER, now, signed, verifier};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let good = signed(HEADER.as_bytes(), CLAIMS.as_bytes());
    let text = text.replace("TOKEN", &good);
    match verifier().verify(&text, now()) {
        Ok(_) => assert_eq!(text, good),
        Err(rejection) => assert!(!format!("{rejection:?}").contains(&good)),
    }
});
