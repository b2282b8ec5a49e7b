use jwtrail_event::SecretToken;
use jwtrail_scan::ScanReport;
use jwtrail_scan::formats::{self, Baseline, Redactor, ScanDiff, TextStyle};

use crate::samples;

#[test]
fn json_comes_back_as_it_was() {
    let report = samples::report();
    let text = formats::to_json(&report).unwrap();
    assert_eq!(formats::read_json(&text).unwrap(), report);
    assert!(formats::read_json("{}").is_err());
    let newer = text.replace("\"report_version\": 1", "\"report_version\": 2");
    let error = formats::read_json(&newer).unwrap_err();
    assert!(error.to_string().contains("use a newer one"), "{error}");
}

#[test]
fn text_shows_the_evidence() {
    let text = formats::to_text(&samples::report(), TextStyle::plain());
    insta::assert_snapshot!(text, @r#"
    D  65 of 100 · enforcement D · evidence A
    target     http://127.0.0.1:8080
    standard   minimum 1
    document   openapi.yaml
    log        the file audit.ndjson, from byte 4711

    Operations: status with a valid token, and without
      GET /orders        200   401
      GET /orders/{id}   404  none

    Skipped: 1 operation
      DELETE /orders/{id} it writes; give --allow-writes to have it scanned

    CRITICAL SIG-03/nOnE · enforcement
      a token without a signature was accepted
        at        GET /orders · openapi.yaml:41:5
        also at   GET /orders/{id}
        request   curl -i -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/orders
        answer    HTTP/1.1 200 OK
                  content-type: application/json

                  [{"id":1}]
        record    no record with correlation id scan-7 in the file audit.ndjson within 10 s
        why       a token without a signature would be as good as one with it
        remedy    give the library the list of algorithms, and never take it from the token
                  with jwtrail: `JwtAuth` allows the algorithms of the configured keys only
        see       CWE-347, CWE-327, OWASP API2:2023, OWASP ASVS 5.0 9.1.2, RFC 8725 section 3.1

    HIGH LOG-04 · evidence
      a line break in the User-Agent began a second record
        record    event=token.accepted
                  user_agent=<script>alert(1)</script>\u{1b}[31m\u{202e}|=cmd`x`\u{d}\u{a}# H
        why       who can write a line can write any line, and nothing in the log is evidence any more
        remedy    write JSON with a library, and never put a value into a line by hand
                  with jwtrail: `JwtAuth` writes one JSON line a record and escapes every value
        see       CWE-117, CWE-93, CWE-116, CWE-150, OWASP ASVS 5.0 16.4.1, OWASP API8:2023

    Notes
      CLM-01   answered 403 where RFC 6750 has 401
      LOG-04   two lines

    Not verified
      SIG-05   the issuer's public key is not known; give --jwks
      CLM-01   leeway: needs --sign-key

    The log's fields, as they were taken
      token_jti        auth.jti
      correlation_id   req.id

    2 checks passed, 2 failed, 1 not verified
    13 requests in 9.4 s, 7.3 s of it waiting for the log; the slowest record took 7.0 s
    "#);
}

/// Every format, with its name.
fn all(report: &ScanReport) -> Vec<(&'static str, String)> {
    let mut nothing = report.clone();
    nothing.checks.clear();
    vec![
        ("text", formats::to_text(report, TextStyle::plain())),
        (
            "narrow text",
            formats::to_text(report, TextStyle::terminal(50, true)),
        ),
        ("json", formats::to_json(report).unwrap()),
        ("sarif", formats::to_sarif(report).unwrap()),
        ("junit", formats::to_junit(report)),
        ("markdown", formats::to_markdown(report)),
        ("html", formats::to_html(report)),
        ("diff", ScanDiff::between(&nothing, report).to_string()),
    ]
}

#[test]
fn no_format_lets_a_value_drive_anything() {
    for (name, text) in all(&samples::report()) {
        let hostile = text.chars().find(|c| {
            let colour = name == "narrow text" && *c == '\u{1b}';
            (c.is_control() && *c != '\n' && !colour) || matches!(c, '\u{202e}' | '\u{2028}')
        });
        // JSON has them escaped in its own way but for those that are no control characters.
        if name != "json" {
            assert_eq!(hostile, None, "{name}");
        }
        assert!(!text.contains("\u{1b}[31m\u{202e}"), "{name}");
    }
    let report = samples::report();
    assert!(!formats::to_html(&report).contains("<script"));
    assert!(!formats::to_junit(&report).contains("<script"));
    let markdown = formats::to_markdown(&report);
    assert!(!markdown.contains("\n# H"), "{markdown}");
}

#[test]
fn no_format_shows_a_token() {
    let token =
        "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSIsImp0aSI6IjEifQ.c2lnbmF0dXJlLW9mLXRoZS1pc3N1ZXI";
    let password = "correct-horse-battery";
    let text = formats::to_json(&samples::report()).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    infect(&mut value, &format!(" {token} {password}"));
    let report: ScanReport = serde_json::from_value(value).unwrap();
    let clean = Redactor::new(&[token, password].map(|secret| SecretToken::new(secret.to_owned())))
        .report(&report)
        .unwrap();
    for (name, text) in all(&clean) {
        for secret in ["eyJzdWIi", "c2lnbmF0", "correct-horse", "hbGci"] {
            assert!(!text.contains(secret), "{name} shows {secret}");
        }
        assert!(text.contains("redacted"), "{name}");
    }
    // A token that nobody told the redactor is known by its form.
    let clean = Redactor::default().report(&report).unwrap();
    assert!(!formats::to_json(&clean).unwrap().contains("c2lnbmF0"));
}

/// Writes a text behind every free text of a report.
fn infect(value: &mut serde_json::Value, text: &str) {
    match value {
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| infect(item, text)),
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                match member {
                    serde_json::Value::String(_) if CLOSED.contains(&name.as_str()) => {}
                    member => infect(member, text),
                }
            }
        }
        serde_json::Value::String(old) => old.push_str(text),
        _ => {}
    }
}

/// Members whose values are of closed sets.
const CLOSED: [&str; 7] = [
    "check",
    "outcome",
    "severity",
    "grade",
    "enforcement",
    "evidence",
    "started",
];

#[test]
fn sarif_points_at_the_operations_line() {
    let sarif: serde_json::Value =
        serde_json::from_str(&formats::to_sarif(&samples::report()).unwrap()).unwrap();
    let results = sarif
        .pointer("/runs/0/results")
        .unwrap()
        .as_array()
        .unwrap();
    assert_eq!(results.len(), 3);
    let place = results[0].pointer("/locations/0/physicalLocation").unwrap();
    assert_eq!(
        place.pointer("/artifactLocation/uri").unwrap(),
        "openapi.yaml"
    );
    assert_eq!(place.pointer("/region/startLine").unwrap(), 41);
    let rule = usize::try_from(results[0]["ruleIndex"].as_u64().unwrap()).unwrap();
    let rules = sarif.pointer("/runs/0/tool/driver/rules").unwrap();
    assert_eq!(rules[rule]["id"], "SIG-03");
    // What is about the service points at the document.
    assert_eq!(
        results[2]
            .pointer("/locations/0/physicalLocation/region/startLine")
            .unwrap(),
        1
    );
}

#[test]
fn junit_counts_each_check_once() {
    let junit = formats::to_junit(&samples::report());
    assert_eq!(junit.matches("<testcase ").count(), 5);
    assert_eq!(junit.matches("<failure ").count(), 2);
    assert_eq!(junit.matches("<skipped ").count(), 1);
    assert!(
        junit.contains("tests=\"5\" failures=\"2\" errors=\"0\" skipped=\"1\" time=\"9.421\""),
        "{junit}"
    );
}

#[test]
fn html_needs_nothing_from_elsewhere() {
    let html = formats::to_html(&samples::report());
    assert!(html.contains("default-src 'none'"));
    for outside in [
        "<script",
        "<link",
        "<img",
        "\"refresh\"",
        "url(",
        "@import",
        " onclick",
        "href=",
    ] {
        assert!(!html.contains(outside), "{outside}");
    }
    assert_eq!(html.matches("<tr><th scope=\"row\">").count(), 2);
}

#[test]
fn html_puts_many_findings_of_one_check_under_one_line() {
    let mut report: serde_json::Value = serde_json::to_value(samples::report()).unwrap();
    let findings = report["checks"][1]["findings"].as_array_mut().unwrap();
    let one = findings[0].clone();
    let more = |count: usize| {
        let named = (0..count).map(|number| {
            let mut finding = one.clone();
            finding["variant"] = format!("way-{number}").into();
            finding
        });
        named.collect::<Vec<_>>()
    };
    let check = one["check"].as_str().unwrap().to_owned();
    for (count, lines) in [(3, 0), (4, 1)] {
        report["checks"][1]["findings"] = more(count).into();
        let report: ScanReport = serde_json::from_value(report.clone()).unwrap();
        let html = formats::to_html(&report);
        assert_eq!(html.matches(" many\"").count(), lines);
        assert_eq!(html.contains(": failed in 4 ways</span>"), lines == 1);
        let own = format!("<span class=\"id\">{check} <code>way-");
        assert_eq!(html.matches(&own).count(), count, "each is there");
    }
}

#[test]
fn html_says_what_is_about_the_service_and_what_was_not_tried() {
    let mut report = samples::report();
    report.checks[0].operations.clear();
    let html = formats::to_html(&report);
    let list = |title: &str| {
        let (_, after) = html.split_once(&format!("<h3>{title}</h3>")).unwrap();
        let (list, _) = after.split_once("</ul>").unwrap();
        let checks = list.split("<b>").skip(1);
        checks
            .map(|rest| rest.split("</b>").next().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(list("The service as a whole"), ["PRE-1"]);
    assert_eq!(list("Not verified: the reasons are below"), ["SIG-05"]);
}

#[test]
fn a_diff_tells_what_is_new_fixed_changed_and_not_looked_at() {
    let before = samples::report();
    let mut after: serde_json::Value = serde_json::to_value(&before).unwrap();
    // One operation's finding is fixed, the other's is milder.
    let findings = after["checks"][1]["findings"].as_array_mut().unwrap();
    findings.remove(1);
    findings[0]["severity"] = "low".into();
    // A check does not run any more, another begins to fail.
    after["checks"][4] = serde_json::json!({
        "check": "LOG-04", "outcome": "not_verified", "why": "no log", "not_verified": [], "probes": 0, "operations": []
    });
    let mut new = after["checks"][1]["findings"][0].clone();
    new["check"] = "CLM-01".into();
    new["summary"] = "an expired token was accepted\u{1b}".into();
    after["checks"][3] = serde_json::json!({
        "check": "CLM-01", "outcome": "failed", "findings": [new], "notes": [], "not_verified": [], "probes": 1, "operations": [0]
    });
    let after: ScanReport = serde_json::from_value(after).unwrap();
    let diff = ScanDiff::between(&before, &after);
    insta::assert_snapshot!(diff.to_string(), @r"
    D (65) -> D (65)
    new: low CLM-01/nOnE GET /orders: an expired token was accepted\u{1b}
    fixed: critical SIG-03/nOnE GET /orders/{id}: a token without a signature was accepted
    not verified any more: high LOG-04: a line break in the User-Agent began a second record
    changed: low SIG-03/nOnE GET /orders: a token without a signature was accepted (was critical)
    0 unchanged
    ");
    let baseline = Baseline::of(&before);
    let new: Vec<_> = baseline
        .new_in(&after)
        .map(|finding| finding.check.as_str())
        .collect();
    assert_eq!(new, ["CLM-01"]);
}
