use rsigma_parser::{
    ConditionOperator, CorrelationCondition, CorrelationRule, CorrelationType, WindowMode,
};

use super::about::{Core, field, key_class};
use super::condition::selection;
use super::document::Document;
use crate::rule::Shape;
use crate::rule_error::RuleProblem;
use crate::{KeyClass, Rule};

/// A Sigma correlation over the one detection of the same file.
pub(super) fn rule(
    document: &Document<'_>,
    parts: &[&Document<'_>],
    version: String,
) -> Result<Rule, RuleProblem> {
    let collection = document.sigma()?;
    let Some(correlation) = collection.correlations.first() else {
        return Err(unsupported(document, "correlation", "this document"));
    };
    if correlation.window != WindowMode::Sliding {
        return Err(unsupported(
            document,
            "window",
            "a window that does not slide",
        ));
    }
    if !correlation.aliases.is_empty() {
        return Err(unsupported(document, "aliases", "an alias"));
    }
    check_group(document, correlation)?;
    let seconds = Some(correlation.timespan.seconds);
    let window = document.millis(&["correlation", "timespan"], seconds)?;
    let (threshold, counted) = condition(document, correlation)?;
    let (shape, distinct) = match (correlation.correlation_type, counted) {
        (CorrelationType::EventCount, None) => (Shape::EventCount { threshold }, None),
        (CorrelationType::ValueCount, Some(name)) => {
            let place = ["correlation", "condition", "field"];
            let field = field(document, &place, name)?;
            (Shape::ValueCount { field, threshold }, Some(field))
        }
        (CorrelationType::EventCount | CorrelationType::ValueCount, _) => {
            let what = "`field` belongs to value_count, and only there".to_owned();
            let place = ["correlation", "condition"];
            return Err(document.problem(&place, what, "count events, or one field's values"));
        }
        (other, _) => {
            let what = format!("the correlation type `{}`", other.as_str());
            return Err(unsupported(document, "type", &what));
        }
    };
    let selection = detection(document, parts, correlation)?;
    let core = Core {
        selection,
        shape,
        window,
        threshold,
        distinct,
        escalation: None,
        portable: true,
        version,
    };
    super::about::rule(document, core)
}

fn detection(
    document: &Document<'_>,
    parts: &[&Document<'_>],
    correlation: &CorrelationRule,
) -> Result<crate::selection::Selection, RuleProblem> {
    let ([part], [name]) = (parts, correlation.rules.as_slice()) else {
        return Err(unsupported(
            document,
            "rules",
            "a correlation of several detections",
        ));
    };
    let named = [part.optional_text(&["name"]), part.optional_text(&["id"])];
    if !named.contains(&Some(name.as_str())) {
        let what = format!("the detection `{name}` is not in this file");
        let remedy = "put it in a document before the correlation, under this `name`";
        return Err(document.problem(&["correlation", "rules"], what, remedy));
    }
    match part.sigma()?.rules.first() {
        Some(rule) => selection(part, &rule.detection),
        None => Err(unsupported(part, "detection", "a filter")),
    }
}

/// The threshold, and the field whose values are counted.
fn condition<'c>(
    document: &Document<'_>,
    correlation: &'c CorrelationRule,
) -> Result<(usize, Option<&'c str>), RuleProblem> {
    let place = ["correlation", "condition"];
    let CorrelationCondition::Threshold {
        predicates, field, ..
    } = &correlation.condition
    else {
        return Err(unsupported(document, "condition", "a condition over rules"));
    };
    let threshold = match predicates.as_slice() {
        [(ConditionOperator::Gte, count)] => *count,
        [(ConditionOperator::Gt, count)] => count.saturating_add(1),
        _ => return Err(unsupported(document, "condition", "anything but gte or gt")),
    };
    let fields = field.as_deref().unwrap_or_default();
    if fields.len() > 1 {
        return Err(unsupported(
            document,
            "field",
            "counting several fields together",
        ));
    }
    match usize::try_from(threshold) {
        Ok(threshold) if threshold > 0 => Ok((threshold, fields.first().map(String::as_str))),
        _ => {
            let what = "the threshold is not above 0".to_owned();
            Err(document.problem(&place, what, "give gte a whole number from 1"))
        }
    }
}

/// What Sigma groups by has to be what the key class groups by, as near as its fields can say.
fn check_group(document: &Document<'_>, correlation: &CorrelationRule) -> Result<(), RuleProblem> {
    let class = key_class(document)?;
    let right: &[&str] = match class {
        KeyClass::Token => &["token_fp"],
        KeyClass::ClaimedToken => &["claimed_iss", "claimed_jti"],
        KeyClass::Subject => &["token_iss", "token_sub"],
        KeyClass::Address => &["client_ip"],
        KeyClass::Origin => &["origin"],
        KeyClass::Family => &["refresh_family"],
        KeyClass::Client => &["token_iss", "client_id"],
        KeyClass::Issuer => &["token_iss"],
        KeyClass::Route => &["service", "route"],
        KeyClass::Service => &["service"],
        KeyClass::Instance => &["service", "instance"],
    };
    if correlation.group_by == right {
        return Ok(());
    }
    let what = format!("`group-by` is not what the key `{class}` groups by");
    let remedy = format!("write group-by: [{}]", right.join(", "));
    Err(document.problem(&["correlation", "group-by"], what, &remedy))
}

fn unsupported(document: &Document<'_>, place: &str, what: &str) -> RuleProblem {
    let remedy = "supported: event_count and value_count with gte or gt, over one detection";
    document.problem(
        &["correlation", place],
        format!("{what} is not supported"),
        remedy,
    )
}
