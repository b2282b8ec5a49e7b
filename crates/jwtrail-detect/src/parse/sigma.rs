use rsigma_parser::{
    ConditionOperator, CorrelationCondition, CorrelationRule, CorrelationType, WindowMode,
};

use super::about::field;
use super::builder::Builder;
use super::condition::Reader;
use super::document::Document;
use crate::KeyClass;
use crate::rule::{Bound, LeafSet, Shape, Statistic, Step, What};
use crate::rule_error::RuleProblem;
use crate::selection::{Compare, Condition};

/// A Sigma correlation.
pub(super) fn step<'l, 't>(
    builder: &mut Builder<'l, 't>,
    document: &'l Document<'t>,
) -> Result<Step, RuleProblem> {
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
    let seconds = Some(correlation.timespan.seconds);
    let window = document.millis(&["correlation", "timespan"], seconds)?;
    for name in &correlation.rules {
        let named = builder.document(document, &["correlation", "rules"], name)?;
        if !named.has("jwtrail") {
            check_group(builder, document, correlation, name)?;
        }
    }
    let shape = match correlation.correlation_type {
        CorrelationType::Temporal | CorrelationType::TemporalOrdered => {
            temporal(builder, document, correlation)?
        }
        counting => counted(builder, document, correlation, counting)?,
    };
    Ok(Step { shape, window })
}

fn temporal<'t>(
    builder: &mut Builder<'_, 't>,
    document: &Document<'t>,
    correlation: &CorrelationRule,
) -> Result<Shape, RuleProblem> {
    let place = ["correlation", "rules"];
    let mut steps = Vec::new();
    for name in &correlation.rules {
        steps.push(builder.referred(document, &place, name)?);
    }
    let all = u64::try_from(steps.len()).unwrap_or(u64::MAX);
    let plain = match &correlation.condition {
        // The specification: without a condition, all of the rules have to match.
        CorrelationCondition::Threshold { predicates, .. } => {
            predicates
                .iter()
                .all(|predicate| *predicate == (ConditionOperator::Gte, all))
                || predicates == &[(ConditionOperator::Gte, 1)]
        }
        CorrelationCondition::Extended(_) => false,
    };
    if steps.len() < 2 {
        let what = "a temporal correlation of fewer than two rules".to_owned();
        return Err(document.problem(&place, what, "name two detections at least"));
    }
    if !plain {
        return Err(unsupported(document, "condition", "a condition over rules"));
    }
    Ok(match correlation.correlation_type {
        CorrelationType::TemporalOrdered => Shape::Ordered(steps),
        _ => Shape::All(steps),
    })
}

fn counted<'t>(
    builder: &mut Builder<'_, 't>,
    document: &Document<'t>,
    correlation: &CorrelationRule,
    kind: CorrelationType,
) -> Result<Shape, RuleProblem> {
    let condition = condition(document, correlation)?;
    let of = detections(builder, document, correlation)?;
    let place = ["correlation", "condition", "field"];
    let counts_events = kind == CorrelationType::EventCount;
    let name = match (condition.field, counts_events) {
        (None, true) => {
            return Ok(Shape::EventCount {
                of,
                bound: condition.bound,
            });
        }
        (Some(name), false) => name,
        _ => {
            let what = "`field` belongs to the correlations of values, and only there".to_owned();
            let place = ["correlation", "condition"];
            return Err(document.problem(&place, what, "count events, or one field's values"));
        }
    };
    let field = field(document, &place, &name)?;
    let bound = condition.bound;
    if kind == CorrelationType::ValueCount {
        let need = builder.need(of, What::Values(field));
        return Ok(Shape::ValueCount {
            of,
            need,
            bound,
            presentations: false,
        });
    }
    if !field.is_number() {
        let what = format!("`{name}` is no number");
        return Err(document.problem(&place, what, "name a field with a number"));
    }
    let statistic = match kind {
        CorrelationType::ValueSum => Statistic::Sum,
        CorrelationType::ValueAvg => Statistic::Average,
        CorrelationType::ValueMedian => Statistic::Median,
        _ => Statistic::Percentile(condition.percentile),
    };
    let need = builder.need(of, What::Number(field));
    Ok(Shape::Statistic {
        of,
        need,
        statistic,
        bound,
    })
}

/// The events of any of the detections.
fn detections<'t>(
    builder: &mut Builder<'_, 't>,
    document: &Document<'t>,
    correlation: &CorrelationRule,
) -> Result<LeafSet, RuleProblem> {
    let place = ["correlation", "rules"];
    let mut conditions = Vec::new();
    for name in &correlation.rules {
        let found = builder.document(document, &place, name)?;
        if found.adds_up() {
            let what = format!("`{name}` is no detection");
            return Err(document.problem(&place, what, "count what a detection selects"));
        }
        conditions.push(Reader::new(found)?.whole()?);
    }
    builder.leaf(document, &Condition::any(conditions))
}

struct Asked {
    bound: Bound,
    field: Option<String>,
    percentile: u64,
}

/// The bound, and the field whose values it is about.
fn condition(document: &Document<'_>, correlation: &CorrelationRule) -> Result<Asked, RuleProblem> {
    let place = ["correlation", "condition"];
    let CorrelationCondition::Threshold {
        predicates,
        field,
        percentile,
    } = &correlation.condition
    else {
        return Err(unsupported(document, "condition", "a condition over rules"));
    };
    let compare = |(operator, number): &(ConditionOperator, u64)| {
        let compare = match operator {
            ConditionOperator::Lt => Compare::Less,
            ConditionOperator::Lte => Compare::LessOrEqual,
            ConditionOperator::Gt => Compare::Greater,
            ConditionOperator::Gte => Compare::GreaterOrEqual,
            ConditionOperator::Eq => Compare::Equal,
            ConditionOperator::Neq => Compare::NotEqual,
        };
        Some((compare, i64::try_from(*number).ok()?))
    };
    let bounds: Option<Vec<(Compare, i64)>> = predicates.iter().map(compare).collect();
    let Some(bounds) = bounds.filter(|bounds| !bounds.is_empty()) else {
        let what = "the condition compares with no number that there can be".to_owned();
        return Err(document.problem(&place, what, "give gte a whole number from 1"));
    };
    let counts = matches!(
        correlation.correlation_type,
        CorrelationType::EventCount | CorrelationType::ValueCount
    );
    let bound = if counts {
        Bound::of(bounds)
    } else {
        Bound::of_fraction(bounds)
    };
    if bound == Bound::AtLeast(0) {
        let what = "the threshold is not above 0".to_owned();
        return Err(document.problem(&place, what, "give gte a whole number from 1"));
    }
    let fields = field.as_deref().unwrap_or_default();
    if fields.len() > 1 {
        return Err(unsupported(
            document,
            "field",
            "counting several fields together",
        ));
    }
    Ok(Asked {
        bound,
        field: fields.first().cloned(),
        percentile: percentile.unwrap_or(50),
    })
}

/// What Sigma groups by has to be what the key class groups by, as near as its fields can say,
/// for each of the detections, its aliases put in.
fn check_group(
    builder: &Builder<'_, '_>,
    document: &Document<'_>,
    correlation: &CorrelationRule,
    rule: &str,
) -> Result<(), RuleProblem> {
    let place = ["correlation", "group-by"];
    let keys = builder.keys()?;
    let [class] = keys.as_slice() else {
        let what = "a Sigma correlation groups by one key only".to_owned();
        return Err(document.problem(&["jwtrail", "key"], what, "write a native rule"));
    };
    let real = |name: &String| {
        let alias = correlation
            .aliases
            .iter()
            .find(|alias| alias.alias == *name);
        alias.map_or_else(
            || name.clone(),
            |alias| alias.mapping.get(rule).cloned().unwrap_or_default(),
        )
    };
    let group: Vec<String> = correlation.group_by.iter().map(real).collect();
    let per = document.list(&["jwtrail", "per"])?;
    let right = |fields: &&[&str]| {
        let fields = fields.iter().copied().chain(per.iter().map(String::as_str));
        group.iter().map(String::as_str).eq(fields)
    };
    if groups(*class).iter().any(right) {
        return Ok(());
    }
    let what = format!("`group-by` is not what the key `{class}` groups by");
    let first: Vec<&str> = groups(*class)
        .first()
        .into_iter()
        .flat_map(|fields| fields.iter().copied())
        .chain(per.iter().map(String::as_str))
        .collect();
    let remedy = format!("write group-by: [{}]", first.join(", "));
    Err(document.problem(&place, what, &remedy))
}

const fn groups(class: KeyClass) -> &'static [&'static [&'static str]] {
    match class {
        KeyClass::Token => &[&["token_fp"], &["token_iss", "token_jti"]],
        KeyClass::ClaimedToken => &[&["claimed_iss", "claimed_jti"], &["token_iss", "token_jti"]],
        KeyClass::Subject => &[&["token_iss", "token_sub"]],
        KeyClass::Address => &[&["client_ip"]],
        KeyClass::Origin => &[&["origin"]],
        KeyClass::Family => &[&["refresh_family"]],
        KeyClass::Client => &[&["token_iss", "client_id"]],
        KeyClass::Issuer => &[&["token_iss"], &["issuer"]],
        KeyClass::Route => &[&["service", "route"]],
        KeyClass::Service | KeyClass::Monitor => &[&["service"]],
        KeyClass::Instance => &[&["service", "instance"]],
    }
}

fn unsupported(document: &Document<'_>, place: &str, what: &str) -> RuleProblem {
    let remedy = "supported: event_count, value_count, value_sum, value_avg, value_percentile, \
                  value_median, temporal and temporal_ordered over detections, in sliding windows";
    document.problem(
        &["correlation", place],
        format!("{what} is not supported"),
        remedy,
    )
}
