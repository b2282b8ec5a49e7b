use super::meaning::Of;

pub(super) fn label(of: Of) -> &'static str {
    match of {
        Of::Expired => "expired",
        Of::Forged => "forged",
        Of::Accepted => "accepted",
        Of::Rejected => "rejected",
        Of::All => "decisions",
    }
}

fn detection(name: &str, of: Of) -> String {
    format!(
        "title: What is looked at\nname: {name}\nid: {}\nlogsource:\n  product: jwtrail\n{}",
        id(name.len() as u64 + 1),
        selections(of),
    )
}

fn selections(of: Of) -> String {
    format!(
        "detection:\n  expired:\n    reason: expired\n  forged:\n    reason: bad_signature\n  \
         accepted:\n    event: token.accepted\n  rejected:\n    event: token.rejected\n  decisions:\n    \
         event:\n      - token.accepted\n      - token.rejected\n  condition: {}\n",
        condition(of)
    )
}

/// Reasons alone would select other events, too.
fn condition(of: Of) -> String {
    format!("decisions and {}", label(of))
}

pub(super) fn sigma(of: Of, kind: &str, seconds: i64, condition: &str) -> String {
    format!(
        "{}---\n{}correlation:\n  type: {kind}\n  rules:\n    - selected\n  group-by:\n    - \
         token_fp\n  timespan: {seconds}s\n  condition:\n    {condition}\n",
        detection("selected", of),
        head(),
    )
}

/// A statistic of a number that every event has.
pub(super) fn statistic(of: Of, kind: &str, seconds: i64, more_than: usize, more: &str) -> String {
    let condition = format!("field: refresh_generation\n    gt: {more_than}{more}");
    sigma(of, kind, seconds, &condition)
}

pub(super) fn joined(one: Of, other: Of, kind: &str, seconds: i64) -> String {
    format!(
        "{}---\n{}---\n{}correlation:\n  type: {kind}\n  rules:\n    - first\n    - second\n  \
         group-by:\n    - token_fp\n  timespan: {seconds}s\n",
        detection("first", one),
        detection("second", other),
        head(),
    )
}

pub(super) fn native(of: Of, body: &str) -> String {
    format!(
        "{}logsource:\n  product: jwtrail\n{}native:\n  {body}\n",
        head(),
        selections(of)
    )
}

/// One of the parts is enough. Their ids are of the lengths of their names.
pub(super) fn one_of(parts: &[(&str, Of, String)]) -> String {
    let mut text = String::new();
    for (name, of, body) in parts {
        text.push_str(&format!("{}native:\n  {body}\n---\n", detection(name, *of)));
    }
    text.push_str(&format!("{}native:\n  type: any\n  rules:\n", head()));
    for (name, ..) in parts {
        text.push_str(&format!("    - {name}\n"));
    }
    text
}

fn head() -> String {
    format!(
        "title: A drawn rule\nname: drawn\nid: {}\ndescription: Drawn.\nreferences:\n  - none\n\
         falsepositives:\n  - none\nlevel: low\n",
        id(0)
    )
}

pub(super) fn about(quiet: i64) -> String {
    format!(
        "jwtrail:\n  key: token\n  trust: none\n  quiet: {quiet}s\n  warm_up: none\n  response: \
         alert\n  missing: It does not count.\n  why: To test with.\n  max_keys: 1000\n  \
         max_entries: 400\n"
    )
}

fn id(n: u64) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}
