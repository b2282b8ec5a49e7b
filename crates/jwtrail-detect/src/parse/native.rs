use super::about::{Core, field, severity};
use super::condition::selection;
use super::document::Document;
use crate::Rule;
use crate::rule::{Escalation, Shape};
use crate::rule_error::RuleProblem;
use crate::selection::Field;

/// A rule that Sigma can't say: its selection is Sigma's, the rest stands under `native:`.
pub(super) fn rule(document: &Document<'_>, version: String) -> Result<Rule, RuleProblem> {
    document.only(&["native"], KEYS)?;
    let collection = document.sigma()?;
    let Some(detection) = collection.rules.first().map(|rule| &rule.detection) else {
        let what = "there is no `detection`".to_owned();
        return Err(document.problem(&["native"], what, "say which events the rule looks at"));
    };
    let (shape, threshold, distinct) = shape(document)?;
    let core = Core {
        selection: selection(document, detection)?,
        shape,
        window: document.duration(&["native", "window"])?,
        threshold,
        distinct,
        escalation: escalation(document)?,
        portable: false,
        version,
    };
    super::about::rule(document, core)
}

fn shape(document: &Document<'_>) -> Result<(Shape, usize, Option<Field>), RuleProblem> {
    let place = ["native", "type"];
    match document.text(&place)? {
        "event_count" => {
            let threshold = document.number(&["native", "threshold"])?;
            Ok((Shape::EventCount { threshold }, threshold, None))
        }
        "new_value_count" => {
            let threshold = document.number(&["native", "threshold"])?;
            let name = document.text(&["native", "field"])?;
            let field = field(document, &["native", "field"], name)?;
            let memory = document.duration(&["native", "memory"])?;
            let shape = Shape::NewValueCount {
                field,
                threshold,
                memory,
            };
            Ok((shape, threshold, Some(field)))
        }
        // A, B, A: three presentations.
        "interleaved" => Ok((Shape::Interleaved, 3, None)),
        other => {
            let what = format!("the type `{other}` is not supported");
            let remedy = "supported: event_count, new_value_count, interleaved";
            Err(document.problem(&place, what, remedy))
        }
    }
}

fn escalation(document: &Document<'_>) -> Result<Option<Escalation>, RuleProblem> {
    if document
        .optional_text(&["native", "escalate", "level"])
        .is_none()
    {
        return Ok(None);
    }
    if document.optional_text(&["native", "type"]) != Some("event_count") {
        let what = "`escalate` is for event_count only".to_owned();
        return Err(document.problem(&["native", "escalate"], what, "leave it out"));
    }
    document.only(
        &["native", "escalate"],
        &["level", "threshold", "known_claimed_subject"],
    )?;
    Ok(Some(Escalation {
        severity: severity(document, &["native", "escalate", "level"])?,
        threshold: document.number(&["native", "escalate", "threshold"])?,
        known_subject: document.flag(&["native", "escalate", "known_claimed_subject"])?,
    }))
}

const KEYS: &[&str] = &["type", "window", "threshold", "field", "memory", "escalate"];
