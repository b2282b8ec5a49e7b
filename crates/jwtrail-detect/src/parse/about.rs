use jwtrail_event::{EventId, Trust};

use super::document::Document;
use crate::rule::{Escalation, Plan, Response, Rule, RuleInfo, Shape};
use crate::rule_error::RuleProblem;
use crate::selection::{Field, Selection};
use crate::{KeyClass, Severity};

/// What the two kinds of files say differently, or in different places.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) selection: Selection,
    pub(super) shape: Shape,
    /// Milliseconds.
    pub(super) window: i64,
    pub(super) threshold: usize,
    pub(super) distinct: Option<Field>,
    pub(super) escalation: Option<Escalation>,
    pub(super) portable: bool,
    pub(super) version: String,
}

/// A rule out of its core and what the document says about it.
pub(super) fn rule(document: &Document<'_>, core: Core) -> Result<Rule, RuleProblem> {
    document.only(&["jwtrail"], BLOCK)?;
    let name = name(document)?;
    let id = document.text(&["id"])?;
    if id.parse::<EventId>().is_err() {
        let what = format!("the id `{id}` is not a UUID");
        return Err(document.problem(&["id"], what, "give the rule a UUID of its own"));
    }
    let severity = severity(document, &["level"])?;
    let key = key_class(document)?;
    let trust = trust(document, key)?;
    let quiet = document.duration(&["jwtrail", "quiet"])?;
    if quiet < core.window {
        let what = "`jwtrail.quiet` is shorter than the window".to_owned();
        let remedy = "an episode lasts at least as long as the window";
        return Err(document.problem(&["jwtrail", "quiet"], what, remedy));
    }
    must_be(document, "warm_up", "none")?;
    must_be(document, "response", "alert")?;
    let max_keys = document.number(&["jwtrail", "max_keys"])?;
    let max_entries = document.number(&["jwtrail", "max_entries"])?;
    let needed = core
        .escalation
        .as_ref()
        .map_or(0, |e| e.threshold)
        .max(core.threshold);
    if max_entries < needed {
        let what = format!("{max_entries} entries per key are too few to count to {needed}");
        let place = ["jwtrail", "max_entries"];
        return Err(document.problem(&place, what, "raise max_entries or lower the threshold"));
    }
    let info = RuleInfo {
        name: name.to_owned(),
        id: id.to_owned(),
        version: core.version,
        title: document.text(&["title"])?.to_owned(),
        description: document.text(&["description"])?.to_owned(),
        severity,
        escalates_to: core.escalation.as_ref().map(|e| e.severity),
        key_class: key,
        trust: trust.as_str().to_owned(),
        events: core
            .selection
            .events()
            .map(|e| e.as_str().to_owned())
            .collect(),
        window_seconds: seconds(core.window),
        threshold: core.threshold as u64,
        distinct: core.distinct.and_then(field_name),
        warm_up_seconds: 0,
        quiet_seconds: seconds(quiet),
        response: Response::Alert,
        missing_field: document.text(&["jwtrail", "missing"])?.to_owned(),
        portable: core.portable,
        why: document.text(&["jwtrail", "why"])?.to_owned(),
        false_positives: document.texts(&["falsepositives"])?,
        references: document.texts(&["references"])?,
    };
    let plan = Plan {
        selection: core.selection,
        key,
        trust,
        shape: core.shape,
        window: core.window,
        quiet,
        severity,
        escalation: core.escalation,
        max_keys,
        max_entries,
    };
    Ok(Rule { info, plan })
}

fn name<'d>(document: &'d Document<'_>) -> Result<&'d str, RuleProblem> {
    let name = document.text(&["name"])?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if name.len() > 64 || !name.bytes().all(plain) {
        let what = "the rule's name is no slug".to_owned();
        return Err(document.problem(&["name"], what, "use at most 64 of a-z, 0-9 and -"));
    }
    Ok(name)
}

pub(super) fn severity(document: &Document<'_>, place: &[&str]) -> Result<Severity, RuleProblem> {
    let text = document.text(place)?;
    LEVELS
        .iter()
        .copied()
        .find(|level| level.as_str() == text)
        .ok_or_else(|| {
            let remedy = "use informational, low, medium, high or critical";
            document.problem(place, format!("unknown level `{text}`"), remedy)
        })
}

const LEVELS: &[Severity] = &[
    Severity::Informational,
    Severity::Low,
    Severity::Medium,
    Severity::High,
    Severity::Critical,
];

pub(super) fn key_class(document: &Document<'_>) -> Result<KeyClass, RuleProblem> {
    let place = ["jwtrail", "key"];
    let text = document.text(&place)?;
    KeyClass::from_name(text).ok_or_else(|| {
        let known: Vec<&str> = KeyClass::ALL.iter().map(|class| class.as_str()).collect();
        let remedy = format!("known: {}", known.join(", "));
        document.problem(&place, format!("unknown key class `{text}`"), &remedy)
    })
}

fn trust(document: &Document<'_>, key: KeyClass) -> Result<Trust, RuleProblem> {
    let place = ["jwtrail", "trust"];
    let text = document.text(&place)?;
    let trust: Trust = text.parse().map_err(|_| {
        let what = format!("unknown trust `{text}`");
        document.problem(&place, what, "use none, signed or verified")
    })?;
    let claims = matches!(key, KeyClass::Subject | KeyClass::Client);
    if claims && trust == Trust::None {
        let what = format!("the key `{key}` is a claim, and unverified claims feed no key");
        return Err(document.problem(&place, what, "ask for trust signed or verified"));
    }
    Ok(trust)
}

fn must_be(document: &Document<'_>, key: &str, only: &str) -> Result<(), RuleProblem> {
    let place = ["jwtrail", key];
    let text = document.text(&place)?;
    if text == only {
        return Ok(());
    }
    let what = format!("`jwtrail.{key}: {text}` is not supported");
    Err(document.problem(&place, what, &format!("write `{key}: {only}`")))
}

pub(super) fn field(
    document: &Document<'_>,
    place: &[&str],
    name: &str,
) -> Result<Field, RuleProblem> {
    let field = Field::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = Field::NAMES.iter().map(|(name, _)| *name).collect();
        let remedy = format!("known: {}", known.join(", "));
        document.problem(place, format!("unknown field `{name}`"), &remedy)
    })?;
    if field.is_claimed() {
        let what = format!("`{name}` is the sender's word, and is not counted");
        return Err(document.problem(place, what, "count a token_ field or an address"));
    }
    Ok(field)
}

fn field_name(field: Field) -> Option<String> {
    let found = Field::NAMES.iter().find(|(_, known)| *known == field);
    found.map(|(name, _)| (*name).to_owned())
}

fn seconds(millis: i64) -> u64 {
    u64::try_from(millis / 1_000).unwrap_or(0)
}

const BLOCK: &[&str] = &[
    "key",
    "trust",
    "quiet",
    "warm_up",
    "response",
    "missing",
    "why",
    "max_keys",
    "max_entries",
];
