use jwtrail_event::{EventId, EventName, Trust};

use super::Problems;
use super::builder::Parts;
use super::document::Document;
use super::nearest::instead_of;
use crate::rule::{Escalation, Plan, Response, Rule, RuleInfo, Shape, Step, What};
use crate::rule_error::RuleProblem;
use crate::selection::Field;
use crate::{KeyClass, Severity};

/// All that is wrong with what the document says about the rule, as far as one thing shows it.
pub(super) fn problems(document: &Document<'_>) -> Problems {
    let mut problems = Problems::default();
    problems.extend(document.unknown(&["jwtrail"], BLOCK));
    // A key that is missing was written wrong, more likely than not.
    let misspelt = !problems.is_empty();
    let asked = |key: &str| !misspelt || document.has_at(&["jwtrail", key]);
    for text in ["title", "description"] {
        problems.take(document.text(&[text]));
    }
    for texts in ["falsepositives", "references"] {
        problems.take(document.texts(&[texts]));
    }
    problems.take(name(document));
    problems.take(id(document));
    // Sigma's parser would only warn of it, without its place.
    problems.take(severity(document, &["level"]));
    for key in BLOCK.iter().filter(|key| asked(key)) {
        problems.extend(problem(document, key));
    }
    problems
}

/// What is wrong with one key of the rule's own block.
fn problem(document: &Document<'_>, key: &str) -> Option<RuleProblem> {
    let place = ["jwtrail", key];
    match key {
        "key" => key_classes(document).err(),
        "trust" => {
            let keys = key_classes(document).unwrap_or_default();
            trust(document, &keys).err()
        }
        "per" => per(document).err(),
        "quiet" => document.duration(&place).err(),
        "warm_up" => warm_up(document).err(),
        "response" => must_be(document, key, "alert").err(),
        "max_keys" | "max_entries" => document.number(&place).err(),
        _ => document.text(&place).err(),
    }
}

/// What the document says about the rule that does not go with what it does.
pub(super) fn misfits(
    document: &Document<'_>,
    step: &Step,
    escalation: Option<&Escalation>,
) -> Problems {
    let mut problems = Problems::default();
    let place = ["jwtrail", "quiet"];
    // What can't be read is told elsewhere.
    match document.duration(&place) {
        Ok(quiet) if quiet < step.window => {
            let what = "`jwtrail.quiet` is shorter than the window".to_owned();
            let remedy = "an episode lasts at least as long as the window";
            problems.add(document.problem(&place, what, remedy));
        }
        Ok(quiet)
            if matches!(step.shape, Shape::Any(_))
                && step.waits().iter().any(|wait| quiet <= *wait) =>
        {
            let what = "`jwtrail.quiet` is no longer than one of the parts waits".to_owned();
            let remedy = "an event that meets one part now and another later is in one episode";
            problems.add(document.problem(&place, what, remedy));
        }
        _ => {}
    }
    let place = ["jwtrail", "max_entries"];
    let more = escalation.and_then(|e| e.threshold).unwrap_or(0);
    let needed = more.max(step.shape.entries());
    if let Ok(max_entries) = document.number(&place)
        && max_entries < needed
    {
        let what = format!("{max_entries} entries per key are too few to count to {needed}");
        let remedy = "raise max_entries or lower the threshold";
        problems.add(document.problem(&place, what, remedy));
    }
    problems
}

/// A rule out of what it does and what the document says about it.
pub(super) fn rule(
    document: &Document<'_>,
    parts: Parts,
    step: Step,
    escalation: Option<Escalation>,
    version: String,
) -> Result<Rule, RuleProblem> {
    document.only(&["jwtrail"], BLOCK)?;
    let name = name(document)?;
    let id = id(document)?;
    let severity = severity(document, &["level"])?;
    let keys = key_classes(document)?;
    let key = keys.first().copied().unwrap_or(KeyClass::Service);
    let trust = trust(document, &keys)?;
    let per = per(document)?;
    let quiet = document.duration(&["jwtrail", "quiet"])?;
    let warm_up = warm_up(document)?;
    must_be(document, "response", "alert")?;
    let max_keys = document.number(&["jwtrail", "max_keys"])?;
    let max_entries = document.number(&["jwtrail", "max_entries"])?;
    let settled_only = Plan::needs_settling(&step);
    let info = RuleInfo {
        name: name.to_owned(),
        id: id.to_owned(),
        version,
        title: document.text(&["title"])?.to_owned(),
        description: document.text(&["description"])?.to_owned(),
        severity,
        escalates_to: escalation.as_ref().map(|e| e.severity),
        key_class: key,
        key_classes: keys.clone(),
        per: per.iter().map(|field| field.name().to_owned()).collect(),
        trust: trust.as_str().to_owned(),
        events: events(&parts),
        shape: step.shape.name().to_owned(),
        settled_only,
        window_seconds: seconds(step.window),
        threshold: step.shape.threshold() as u64,
        distinct: distinct(&step, &parts),
        warm_up_seconds: seconds(warm_up),
        quiet_seconds: seconds(quiet),
        response: Response::Alert,
        missing_field: document.text(&["jwtrail", "missing"])?.to_owned(),
        portable: document.has("correlation") && !is_derived(&parts),
        why: document.text(&["jwtrail", "why"])?.to_owned(),
        false_positives: document.texts(&["falsepositives"])?,
        references: document.texts(&["references"])?,
    };
    let plan = Plan {
        leaves: parts.leaves,
        needs: parts.needs,
        keys,
        per,
        trust,
        settled_only,
        shortest_wait: step.waits().into_iter().min(),
        counts_all: Plan::counts_all(&step),
        retention: Plan::retention(&step, quiet, warm_up),
        step,
        quiet,
        warm_up,
        severity,
        escalation,
        max_keys,
        max_entries,
    };
    Ok(Rule { info, plan })
}

/// Whether it needs a field that only we make out of a record.
fn is_derived(parts: &Parts) -> bool {
    let needed = |what: What| match what {
        What::Values(field) | What::Number(field) => field.is_derived(),
        What::Source(field, other) => field.is_derived() || other.is_some_and(Field::is_derived),
        What::Place => false,
    };
    parts.needs.iter().any(|need| needed(need.what))
        || parts.leaves.iter().any(|leaf| leaf.selection.is_derived())
}

/// The events that one of its selections can select.
fn events(parts: &Parts) -> Vec<String> {
    let all = EventName::ALL.iter().copied();
    let selects = |event: &EventName| {
        let mut leaves = parts.leaves.iter();
        leaves.any(|leaf| leaf.selection.can_select(*event))
    };
    all.filter(selects)
        .map(|event| event.as_str().to_owned())
        .collect()
}

/// The field whose distinct values are counted.
fn distinct(step: &Step, parts: &Parts) -> Option<String> {
    let need = match &step.shape {
        Shape::ValueCount { need, .. }
        | Shape::NewValueCount { need, .. }
        | Shape::NewValue { need, .. } => *need,
        Shape::Ratio { distinct, .. } => distinct.map(|(need, _)| need)?,
        Shape::Baseline(rule) => rule.spread.map(|spread| spread.need)?,
        _ => return None,
    };
    match parts.needs.get(usize::from(need))?.what {
        What::Values(field) | What::Source(field, None) => Some(field.name().to_owned()),
        _ => None,
    }
}

fn warm_up(document: &Document<'_>) -> Result<i64, RuleProblem> {
    let place = ["jwtrail", "warm_up"];
    match document.text(&place)? {
        "none" => Ok(0),
        _ => document.duration(&place),
    }
}

fn per(document: &Document<'_>) -> Result<Vec<Field>, RuleProblem> {
    let place = ["jwtrail", "per"];
    let names = document.list(&place)?;
    names
        .iter()
        .map(|name| field(document, &place, name))
        .collect()
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

fn id<'d>(document: &'d Document<'_>) -> Result<&'d str, RuleProblem> {
    let id = document.text(&["id"])?;
    if id.parse::<EventId>().is_err() {
        let what = format!("the id `{id}` is not a UUID");
        return Err(document.problem(&["id"], what, "give the rule a UUID of its own"));
    }
    Ok(id)
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

/// What the rule groups by.
pub(super) fn key_classes(document: &Document<'_>) -> Result<Vec<KeyClass>, RuleProblem> {
    let place = ["jwtrail", "key"];
    let names = document.list(&place)?;
    if names.is_empty() {
        let what = "`jwtrail.key` is missing".to_owned();
        return Err(document.problem(&place, what, "say what the rule groups by"));
    }
    let mut classes = Vec::new();
    for text in &names {
        let Some(class) = KeyClass::from_name(text) else {
            let known: Vec<&str> = KeyClass::ALL.iter().map(|class| class.as_str()).collect();
            let remedy = instead_of(text, &known);
            return Err(document.problem(&place, format!("unknown key class `{text}`"), &remedy));
        };
        if classes.contains(&class) {
            let what = format!("the key class `{text}` stands there twice");
            return Err(document.problem(&place, what, "write it once"));
        }
        classes.push(class);
    }
    Ok(classes)
}

fn trust(document: &Document<'_>, keys: &[KeyClass]) -> Result<Trust, RuleProblem> {
    let place = ["jwtrail", "trust"];
    let text = document.text(&place)?;
    let trust: Trust = text.parse().map_err(|_| {
        let what = format!("unknown trust `{text}`");
        document.problem(&place, what, "use none, signed or verified")
    })?;
    let claims = |key: &&KeyClass| matches!(key, KeyClass::Subject | KeyClass::Client);
    if let Some(key) = keys.iter().find(claims)
        && trust == Trust::None
    {
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
        let remedy = instead_of(name, &known);
        document.problem(place, format!("unknown field `{name}`"), &remedy)
    })?;
    if field.is_claimed() {
        let what = format!("`{name}` is the sender's word, and is not counted");
        return Err(document.problem(place, what, "count a token_ field or an address"));
    }
    Ok(field)
}

fn seconds(millis: i64) -> u64 {
    u64::try_from(millis / 1_000).unwrap_or(0)
}

const BLOCK: &[&str] = &[
    "key",
    "per",
    "trust",
    "quiet",
    "warm_up",
    "response",
    "missing",
    "why",
    "max_keys",
    "max_entries",
];
