use std::collections::BTreeSet;

use jwtrail_actix::SystemClock;
use jwtrail_event::Clock as _;
use jwtrail_forge::Forge;
use jwtrail_scan::spec::Operation;
use jwtrail_scan::{CheckId, ScanOptions};

use crate::support::{Sloppy, scanned};

#[actix_web::test]
async fn a_server_that_reads_headers_leniently_is_found_out() {
    let token = Forge::new(SystemClock.now()).token().sign();
    let server = Sloppy::start(&token).await;
    let mut options = ScanOptions::new(&server.url, token.clone());
    options.operations = vec![Operation::parse("GET /orders").unwrap()];
    options.failure_limit = 1;
    let report = scanned(options, None).await;
    server.stop();
    let found: BTreeSet<String> = report
        .findings()
        .filter(|finding| matches!(finding.check, CheckId::Aut02 | CheckId::Aut04))
        .map(|finding| format!("{}/{}", finding.check, finding.variant))
        .collect();
    assert_eq!(
        found.iter().map(String::as_str).collect::<Vec<_>>(),
        [
            "AUT-02/bare-cr",
            "AUT-02/bare-lf",
            "AUT-02/nul",
            "AUT-02/obs-fold",
            "AUT-02/space-before-colon",
            "AUT-04/bad-then-good",
            "AUT-04/bare-cr",
            "AUT-04/bare-lf",
            "AUT-04/same-twice",
        ]
    );
    let notes = report
        .checks
        .iter()
        .filter(|result| result.check == CheckId::Aut02)
        .flat_map(|result| result.outcome.notes());
    let notes: Vec<&String> = notes
        .filter(|note| note.contains("between the scheme"))
        .collect();
    assert_eq!(notes.len(), 1, "{notes:?}");
    // The report shows what was sent, and not the token.
    let text = jwtrail_scan::formats::to_json(&report).unwrap();
    assert!(text.contains("$TOKEN\\\\u{0}x"), "{text}");
    assert!(!text.contains(token.expose()));
}
