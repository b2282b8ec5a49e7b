use super::*;

fn exported(name: &str) -> Result<ExportedRule, NotExportable> {
    let rules = RuleSet::embedded().unwrap();
    let is_it = |file: &str| file.trim_end_matches(".yml").ends_with(name);
    let mut files = RuleSet::embedded_files();
    let (file, text) = files.find(|(file, _)| is_it(file)).unwrap();
    export_rule(file, text, &rules)
}

#[test]
fn a_portable_rule_comes_as_it_is() {
    let rule = exported("key-probing").unwrap();
    let (_, text) = RuleSet::embedded_files()
        .find(|(file, _)| file.contains("key-probing"))
        .unwrap();
    assert_eq!((rule.text.as_str(), rule.losses.len()), (text, 0));
}

#[test]
fn every_other_rule_says_what_it_loses_or_why_it_cannot_come() {
    let rules = RuleSet::embedded().unwrap();
    let mut refused = Vec::new();
    for (file, text) in RuleSet::embedded_files() {
        match export_rule(file, text, &rules) {
            Ok(rule) => {
                let portable = rules.info(&rule.name).unwrap().portable;
                assert_eq!(rule.losses.is_empty(), portable, "{}", rule.name);
                for loss in &rule.losses {
                    assert!(rule.text.contains(loss), "{}", rule.name);
                }
                let sigma = rsigma_parser::parse_sigma_yaml(&rule.text).unwrap();
                assert!(sigma.errors.is_empty(), "{}: {:?}", rule.name, sigma.errors);
                assert!(!sigma.correlations.is_empty(), "{}", rule.name);
            }
            Err(NotExportable::NothingNear { rule, .. }) => refused.push(rule),
            Err(other) => panic!("{file}: {other}"),
        }
    }
    refused.sort();
    assert_eq!(refused, REFUSED);
}

#[test]
fn a_correlation_that_others_cannot_run_names_the_trust_it_loses() {
    let trust = |rule: &ExportedRule| rule.losses.iter().any(|loss| loss.starts_with("trust:"));
    let rule = exported("excess-rate").unwrap();
    let losses = [
        "derived fields: no event has minute; a pipeline has to add them",
        "trust: events of less trust than `signed` count",
    ];
    assert_eq!(rule.losses, losses);
    // What the selection itself asks for is not lost, nor what nobody asks for.
    let rules = RuleSet::embedded().unwrap();
    let mut files = RuleSet::embedded_files();
    let (file, text) = files
        .find(|(file, _)| file.contains("excess-rate"))
        .unwrap();
    let selecting = text.replace(
        "event: rate.exceeded",
        "event: rate.exceeded\n    trust: signed",
    );
    assert_ne!(selecting, text);
    assert!(!trust(&export_rule(file, &selecting, &rules).unwrap()));
}

#[test]
fn what_comes_near_a_ratio_is_its_floor() {
    let rule = exported("credential-stuffing").unwrap();
    let sigma = rsigma_parser::parse_sigma_yaml(&rule.text).unwrap();
    let counted = &sigma.correlations[0];
    assert_eq!(counted.group_by, ["client_ip"]);
    assert!(rule.text.contains("gte: 25"), "{}", rule.text);
    // Who succeeds is no part of it.
    assert!(!rule.text.contains("login.succeeded"), "{}", rule.text);
    assert!(rule.losses.iter().any(|loss| loss.starts_with("ratio:")));
}

/// Of these nothing near can be said.
const REFUSED: [&str; 3] = [
    "revoked-token-use",
    "scope-changed",
    "success-after-failures",
];
