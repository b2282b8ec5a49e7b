use jwtrail_detect::{KeyClass, RuleSet, Severity};

use proptest::prelude::*;

use crate::support::embedded;

const SIGMA: &str = include_str!("rules/distinct-addresses.yml");
const NATIVE: &str = include_str!("../../../../rules/scope-probing.yml");

fn refused(text: &str) -> String {
    RuleSet::parse([("rule.yml", text)])
        .unwrap_err()
        .to_string()
}

/// The message after one change to a good file.
fn after(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "`{from}` stands there once");
    refused(&text.replacen(from, to, 1))
}

#[test]
fn what_a_rule_says_can_be_listed() {
    let rules = embedded();
    let info = rules.info("token-repeated-rejections").unwrap();
    assert_eq!(info.key_class, KeyClass::Token);
    assert_eq!((info.window_seconds, info.threshold), (300, 5));
    assert_eq!(info.events, ["token.rejected"]);
    assert_eq!(info.severity, Severity::Low);
    assert_eq!(info.escalates_to, Some(Severity::Medium));
    assert!(!info.settled_only);
    assert!(rules.info("signature-guessing").unwrap().portable);
    let replayed = rules.info("token-replayed").unwrap();
    assert!(!replayed.portable && replayed.settled_only);
    let forgery = rules.info("forgery-attempt").unwrap();
    assert_eq!(forgery.escalates_to, Some(Severity::High));
    for info in rules.infos() {
        assert!(
            !info.why.is_empty() && !info.missing_field.is_empty(),
            "{}",
            info.name
        );
        assert!(
            info.references
                .iter()
                .any(|r| r.contains("rfc-editor") || r.contains("owasp"))
        );
    }
}

#[test]
fn a_cap_below_the_threshold_is_refused() {
    assert_eq!(
        after(SIGMA, "max_entries: 200", "max_entries: 3"),
        "rule.yml:44: 3 entries per key are too few to count to 4; \
         raise max_entries or lower the threshold"
    );
}

#[test]
fn what_is_not_yaml_is_refused_with_its_line() {
    let message = after(SIGMA, "level: low", "level: [low");
    assert!(message.starts_with("rule.yml:25: not YAML"), "{message}");
    assert!(refused("").starts_with("rule.yml:1: not exactly one rule"));
    assert!(refused("- a").starts_with("rule.yml:1: not a mapping"));
}

#[test]
fn correlations_of_numbers_need_numbers() {
    for other in ["value_sum", "value_avg", "value_median", "value_percentile"] {
        let message = after(SIGMA, "type: value_count", &format!("type: {other}"));
        let right = "rule.yml:33: `client_ip` is no number; name a field with a number";
        assert_eq!(message, right);
    }
}

#[test]
fn correlations_of_rules_need_two() {
    for other in ["temporal", "temporal_ordered"] {
        let message = after(SIGMA, "type: value_count", &format!("type: {other}"));
        let right = "rule.yml:27: a temporal correlation of fewer than two rules; \
                     name two detections at least";
        assert_eq!(message, right);
    }
}

#[test]
fn what_the_engine_would_not_do_is_refused() {
    for (from, to, right) in [
        (
            "type: value_count",
            "type: no_count",
            "rule.yml:26: Invalid correlation rule: Unknown correlation type: no_count; known: event_count",
        ),
        (
            "gte: 4",
            "gte: 0",
            "rule.yml:32: the threshold is not above 0",
        ),
        (
            "timespan: 5m",
            "timespan: 5 minutes",
            "rule.yml:31: Invalid timespan '5 minutes'; write it like 90s",
        ),
        (
            "    field: client_ip\n",
            "",
            "rule.yml:32: `field` belongs to the correlations of values",
        ),
        (
            "field: client_ip",
            "field: claimed_sub",
            "rule.yml:33: `claimed_sub` is the sender's word",
        ),
        (
            "field: client_ip",
            "field: nonsense",
            "rule.yml:33: unknown field `nonsense`",
        ),
        (
            "    - token_fp",
            "    - client_ip",
            "rule.yml:29: `group-by` is not what the key `token`",
        ),
        (
            "    - token-rejected",
            "    - other",
            "rule.yml:27: the detection or rule `other` is not there",
        ),
        (
            "key: token\n",
            "key: person\n",
            "rule.yml:36: unknown key class `person`",
        ),
        (
            "trust: none",
            "trust: full",
            "rule.yml:37: unknown trust `full`",
        ),
        (
            "quiet: 5m",
            "quiet: 4m",
            "rule.yml:38: `jwtrail.quiet` is shorter than the window",
        ),
        (
            "quiet: 5m",
            "quiet: soon",
            "rule.yml:38: `jwtrail.quiet` is not a span of time",
        ),
        (
            "warm_up: none",
            "warm_up: soon",
            "rule.yml:39: `jwtrail.warm_up` is not a span of time",
        ),
        (
            "response: alert",
            "response: quarantine",
            "rule.yml:40: `jwtrail.response: quarantine` is",
        ),
        (
            "  why: To test with.\n",
            "",
            "rule.yml:35: `jwtrail.why` is missing",
        ),
        (
            "  max_keys: 100",
            "  max_kyes: 100",
            "rule.yml:43: unknown key `max_kyes`",
        ),
        (
            "max_keys: 100",
            "max_keys: 0",
            "rule.yml:43: `jwtrail.max_keys` is not a number above 0",
        ),
        (
            "level: low",
            "level: bad",
            "rule.yml:24: unknown level `bad`",
        ),
        (
            "name: distinct-addresses",
            "name: Distinct Addresses",
            "rule.yml:16: the rule's name is no slug",
        ),
        ("6a31c02", "6a31c0", "rule.yml:17: the id"),
        (
            "event: token.rejected",
            "event: token.refused",
            "rule.yml:11: no event is called `token.refused`",
        ),
        (
            "event: token.rejected",
            "evnt: token.rejected",
            "rule.yml:11: unknown field `evnt`",
        ),
        (
            "event: token.rejected",
            "event|base64: token.*",
            "rule.yml:11: the modifier `base64` is not supported",
        ),
        (
            "condition: rejected",
            "condition: refused",
            "rule.yml:12: the condition names `refused`",
        ),
    ] {
        let message = after(SIGMA, from, to);
        assert!(message.starts_with(right), "{message}\nis not\n{right}");
        assert!(message.contains("; "), "a remedy: {message}");
    }
}

#[test]
fn native_rules_are_checked_too() {
    for (from, to, right) in [
        (
            "type: new_value_count",
            "type: sometimes",
            "rule.yml:23: the type `sometimes` is not supported",
        ),
        (
            "  window: 10m\n",
            "",
            "rule.yml:22: `native.window` is missing",
        ),
        (
            "threshold: 5",
            "treshold: 5",
            "rule.yml:26: unknown key `treshold`",
        ),
        (
            "trust: verified",
            "trust: none",
            "rule.yml:30: the key `subject` is a claim",
        ),
    ] {
        let message = after(NATIVE, from, to);
        assert!(message.starts_with(right), "{message}\nis not\n{right}");
    }
}

#[test]
fn rules_that_wait_are_joined_by_any_and_stay_open_for_longer() {
    const AUDIT_GAP: &str = include_str!("../../../../rules/audit-gap.yml");
    for (from, to, right) in [
        (
            "  type: any\n",
            "  type: all\n  window: 5m\n",
            "rule.yml:84: `all` can't wait for what does not come",
        ),
        (
            "  within: 60s\n",
            "  within: 10m\n",
            "rule.yml:90: `jwtrail.quiet` is no longer than one of the parts waits",
        ),
        (
            "  each: boot_id\n",
            "  each: boot\n",
            "rule.yml:58: unknown field `boot`",
        ),
    ] {
        let message = after(AUDIT_GAP, from, to);
        assert!(message.starts_with(right), "{message}\nis not\n{right}");
    }
}

#[test]
fn all_problems_of_all_files_are_told() {
    let error = RuleSet::parse([("a.yml", "["), ("b.yml", "- x"), ("c.yml", SIGMA)]).unwrap_err();
    let files: Vec<&str> = error.problems().iter().map(|p| p.file.as_str()).collect();
    assert_eq!(files, ["a.yml", "b.yml"]);
    assert_eq!(error.to_string().lines().count(), 2);
}

#[test]
fn two_rules_of_one_name_are_refused() {
    let error = RuleSet::parse([("a.yml", SIGMA), ("b.yml", SIGMA)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "b.yml:16: the name `distinct-addresses` is that of the rule in `a.yml`; \
         give each rule its own `name` and `id`"
    );
    // Also where there is more that is wrong with them.
    let renamed = SIGMA.replace("distinct-addresses", "other");
    let broken = renamed.replace("gte: 4", "gte: 0");
    let error = RuleSet::parse([("a.yml", SIGMA), ("b.yml", &broken)]).unwrap_err();
    let lines: Vec<usize> = error.problems().iter().map(|p| p.line).collect();
    assert_eq!(lines, [17, 32]);
    let what = &error.problems()[0].what;
    assert!(what.starts_with("the id `"), "{what}");
    assert!(what.ends_with("` is that of the rule in `a.yml`"), "{what}");
}

#[test]
fn all_that_is_wrong_with_a_file_is_told_at_once() {
    let mut text = SIGMA.to_owned();
    for (from, to) in [
        ("event: token.rejected", "event: token.rejectd"),
        ("name: distinct-addresses", "name: Distinct Addresses"),
        ("level: low", "level: bad"),
        ("trust: none", "trust: full"),
        ("quiet: 5m", "quiet: soon"),
        ("max_keys: 100", "max_keys: 0"),
    ] {
        assert_eq!(text.matches(from).count(), 1, "`{from}` stands there once");
        text = text.replacen(from, to, 1);
    }
    let error = RuleSet::parse([("rule.yml", text.as_str())]).unwrap_err();
    let lines: Vec<usize> = error.problems().iter().map(|p| p.line).collect();
    assert_eq!(lines, [11, 16, 24, 37, 38, 43], "{error}");

    let text = NATIVE
        .replace("  window: 10m\n", "")
        .replace("threshold: 5", "threshold: no")
        .replace("field: missing_scope", "field: missing_scop");
    let said = refused(&text);
    for part in [
        "`native.window` is missing",
        "`native.threshold` is not a number above 0",
        "unknown field `missing_scop`; perhaps `missing_scope` is meant",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(said.lines().count(), 3, "{said}");
}

#[test]
fn a_name_that_is_not_known_is_answered_with_the_nearest() {
    let reasons = NATIVE.replace("insufficient_scope", "insuficient_scope");
    for (message, near) in [
        (
            after(SIGMA, "event: token.rejected", "event: token.rejectd"),
            "token.rejected",
        ),
        (refused(&reasons), "insufficient_scope"),
        (
            after(SIGMA, "event: token.rejected", "evnt: token.rejected"),
            "event",
        ),
        (
            after(SIGMA, "  max_keys: 100", "  max_kyes: 100"),
            "max_keys",
        ),
        (
            after(SIGMA, "condition: rejected", "condition: rejcted"),
            "rejected",
        ),
        (
            after(SIGMA, "    - token-rejected", "    - token-rejcted"),
            "token-rejected",
        ),
        (after(SIGMA, "key: token\n", "key: tokn\n"), "token"),
    ] {
        let remedy = format!("perhaps `{near}` is meant");
        assert!(message.contains(&remedy), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}

#[test]
fn a_rule_of_itself_is_told_once() {
    const JOINED: &str = include_str!("../../../../rules/refresh-guessing.yml");
    let (head, about) = JOINED.split_once("correlation:").unwrap();
    let (_, about) = about.split_once("jwtrail:").unwrap();
    let head = head.rsplit_once("---").unwrap().1;
    let own = |name: &str, id: u32, rules: [&str; 2]| {
        let head = head
            .lines()
            .filter(|line| !line.starts_with("name:") && !line.starts_with("id:"));
        let head: String = head.map(|line| format!("{line}\n")).collect();
        let [one, other] = rules;
        format!(
            "name: {name}\nid: 00000000-0000-4000-8000-00000000000{id}\n{head}native:\n  type: any\n  \
             rules:\n    - {one}\n    - {other}\njwtrail:{about}"
        )
    };
    let itself = own("a-rule", 1, ["refresh-guessing", "a-rule"]);
    let of_it = own("b-rule", 2, ["refresh-guessing", "a-rule"]);
    let files = [
        ("a.yml", itself.as_str()),
        ("b.yml", &of_it),
        ("c.yml", JOINED),
    ];
    let error = RuleSet::parse(files).unwrap_err().to_string();
    assert!(
        error.contains("`a-rule` refers to itself; no rule can be made of itself"),
        "{error}"
    );
    assert_eq!(error.lines().count(), 1, "{error}");

    let one = own("a-rule", 1, ["refresh-guessing", "b-rule"]);
    let files = [
        ("a.yml", one.as_str()),
        ("b.yml", &of_it),
        ("c.yml", JOINED),
    ];
    let error = RuleSet::parse(files).unwrap_err().to_string();
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(lines.len(), 2, "{error}");
    assert!(
        lines[0].starts_with("a.yml:") && lines[0].contains("`b-rule` refers to this"),
        "{error}"
    );
    assert!(
        lines[1].starts_with("b.yml:") && lines[1].contains("`a-rule` refers to this"),
        "{error}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_reader_panic(
        native: bool,
        at in 0..80_usize,
        junk in "[ -~\n\t]{0,40}",
        whole in any::<bool>(),
    ) {
        let text = if native { NATIVE } else { SIGMA };
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let count = lines.len();
        let line = &mut lines[at % count];
        match line.find(": ") {
            Some(end) if !whole => line.replace_range(end + 2.., &junk),
            _ => *line = junk,
        }
        if let Err(error) = RuleSet::parse([("rule.yml", lines.join("\n").as_str())]) {
            for problem in error.problems() {
                prop_assert!((1..=count + 41).contains(&problem.line), "{}", problem);
                prop_assert!(!problem.remedy.is_empty());
            }
        }
    }
}
