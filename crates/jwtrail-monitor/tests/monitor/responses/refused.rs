//! Rules that must not respond, and what the configuration says of them.

use std::time::Duration;

use jwtrail_event::Reason;
use jwtrail_monitor::{Monitor, MonitorConfig, MonitorError, RuleResponse};
use jwtrail_testkit::TestClock;

use super::forged;
use crate::support::{Bench, fixture, lines, now};

#[test]
fn a_rule_that_nothing_vouches_for_may_not_respond() {
    let hour = Duration::from_secs(3_600);
    for (rule, response, said) in [
        ("no-such-rule", RuleResponse::default(), "no such rule"),
        (
            "signature-guessing",
            RuleResponse::default(),
            "fires for each address",
        ),
        (
            "scope-probing",
            RuleResponse::default(),
            "fires for each subject",
        ),
        (
            "token-repeated-rejections",
            RuleResponse::default(),
            "signature does not hold",
        ),
        (
            "refresh-reused",
            RuleResponse::new(Duration::ZERO, 1),
            "`max` must be 1 second to 30d",
        ),
        (
            "refresh-reused",
            RuleResponse::new(hour * 24 * 31, 1),
            "`max` must be 1 second to 30d",
        ),
        (
            "refresh-reused",
            RuleResponse::new(hour, 0),
            "`per_hour` must be at least 1",
        ),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let mut config = MonitorConfig::new("127.0.0.1:0".parse().unwrap(), directory.path());
        config.responses.rules.insert(rule.to_owned(), response);
        let clock = std::sync::Arc::new(TestClock::new(now()));
        let error = Monitor::start(config, clock).unwrap_err();
        assert!(
            matches!(&error, MonitorError::Response { rule: named, .. } if named == rule),
            "{error:?}"
        );
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[test]
fn forged_tokens_raise_alerts_and_hold_nobody() {
    let bench = Bench::start_with(|config| {
        let rules = &mut config.responses.rules;
        rules.insert("binding-failed".to_owned(), RuleResponse::default());
    });
    let mut stream = bench.client.watch("/api/v1/stream");
    let forged: Vec<_> = (0..30).map(|id| forged(id, Reason::BadSignature)).collect();
    let answer = bench.post(&lines(&forged));
    assert_eq!(answer["accepted"], 0, "claims that nothing vouches for");
    bench.post(&fixture("signature-guessing", "positive"));
    while stream.next("alert")["rule"] != "signature-guessing" {}
    assert_eq!(super::entries(&bench).len(), 0);
}
