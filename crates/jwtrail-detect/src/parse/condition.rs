use rsigma_parser::{
    ConditionExpr, Detection, DetectionItem, Detections, Quantifier, parse_condition,
};

use super::Problems;
use super::document::Document;
use super::modifiers::{Form, SUPPORTED};
use super::nearest::instead_of;
use crate::rule_error::RuleProblem;
use crate::selection::{Condition, Field};

/// All that is wrong with the selections of one document, named in its condition or not.
pub(super) fn problems(document: &Document<'_>) -> Problems {
    let reader = match Reader::new(document) {
        Ok(reader) => reader,
        Err(problem) => return problem.into(),
    };
    let mut problems = Problems::default();
    let mut named: Vec<_> = reader.detections.named.iter().collect();
    named.sort_by_key(|(name, _)| *name);
    for (name, detection) in named {
        reader.items(name, detection, &mut problems);
    }
    problems.take(reader.whole());
    problems
}

/// Reads the selections of one document.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    document: &'a Document<'a>,
    detections: &'a Detections,
}

impl<'a> Reader<'a> {
    pub(super) fn new(document: &'a Document<'a>) -> Result<Self, RuleProblem> {
        let Some(rule) = document.sigma()?.rules.first() else {
            let what = "there is no `detection`".to_owned();
            return Err(document.problem(&["native"], what, "say which events the rule looks at"));
        };
        let detections = &rule.detection;
        if detections.timeframe.is_some() {
            let reader = Self {
                document,
                detections,
            };
            return Err(reader.unsupported("timeframe", "`timeframe` in a detection"));
        }
        Ok(Self {
            document,
            detections,
        })
    }

    /// What the document's own condition selects.
    pub(super) fn whole(&self) -> Result<Condition, RuleProblem> {
        let conditions = self.detections.conditions.iter();
        let parts: Result<_, _> = conditions.map(|c| self.expression(c)).collect();
        Ok(Condition::any(parts?))
    }

    /// What a condition that stands elsewhere in the document selects of it.
    pub(super) fn part(&self, place: &[&str]) -> Result<Condition, RuleProblem> {
        let text = self.document.text(place)?;
        let condition = parse_condition(text).map_err(|error| {
            let what = format!("`{text}` is no condition: {error}");
            self.document
                .problem(place, what, "name selections, joined by and, or, not")
        })?;
        let part = self.expression(&condition)?;
        Ok(Condition::all(vec![self.whole()?, part]))
    }

    fn expression(&self, expression: &ConditionExpr) -> Result<Condition, RuleProblem> {
        match expression {
            ConditionExpr::And(parts) => Ok(Condition::all(self.expressions(parts)?)),
            ConditionExpr::Or(parts) => Ok(Condition::any(self.expressions(parts)?)),
            ConditionExpr::Not(part) => Ok(Condition::Not(Box::new(self.expression(part)?))),
            ConditionExpr::Identifier(name) => match self.detections.named.get(name) {
                Some(detection) => self.detection(name, detection),
                None => Err(self.document.problem(
                    &["detection", "condition"],
                    format!("the condition names `{name}`, which is not there"),
                    &self.selections(name),
                )),
            },
            ConditionExpr::Selector {
                quantifier,
                pattern,
            } => {
                let mut names: Vec<&String> = self.detections.named.keys().collect();
                names.retain(|name| pattern.matches_detection_name(name));
                names.sort();
                let parts: Result<Vec<_>, _> = names
                    .into_iter()
                    .filter_map(|name| Some((name, self.detections.named.get(name)?)))
                    .map(|(name, detection)| self.detection(name, detection))
                    .collect();
                let parts = parts?;
                let needed = match quantifier {
                    Quantifier::Any => 1,
                    Quantifier::All => parts.len().max(1),
                    Quantifier::Count(count) => usize::try_from(*count).unwrap_or(usize::MAX),
                };
                Ok(Condition::AtLeast(needed, parts))
            }
        }
    }

    fn expressions(&self, parts: &[ConditionExpr]) -> Result<Vec<Condition>, RuleProblem> {
        parts.iter().map(|part| self.expression(part)).collect()
    }

    fn detection(&self, name: &str, detection: &Detection) -> Result<Condition, RuleProblem> {
        match detection {
            Detection::AllOf(items) => {
                let items: Result<_, _> = items.iter().map(|item| self.item(name, item)).collect();
                items.map(Condition::all)
            }
            Detection::AnyOf(parts) => {
                let parts: Result<_, _> = parts.iter().map(|d| self.detection(name, d)).collect();
                parts.map(Condition::any)
            }
            Detection::Keywords(_) => Err(self.unsupported(name, "a keyword without a field")),
            Detection::ArrayMatch { .. } | Detection::And(_) | Detection::Conditional { .. } => {
                Err(self.unsupported(name, "an array quantifier"))
            }
        }
    }

    /// Tries each item by itself.
    fn items(&self, name: &str, detection: &Detection, problems: &mut Problems) {
        match detection {
            Detection::AllOf(items) => {
                for item in items {
                    problems.take(self.item(name, item));
                }
            }
            Detection::AnyOf(parts) => {
                for part in parts {
                    self.items(name, part, problems);
                }
            }
            _ => drop(problems.take(self.detection(name, detection))),
        }
    }

    fn selections(&self, name: &str) -> String {
        let mut known: Vec<&str> = self.detections.named.keys().map(String::as_str).collect();
        known.sort_unstable();
        format!(
            "name a selection of this detection; {}",
            instead_of(name, &known)
        )
    }

    fn item(&self, selection: &str, item: &DetectionItem) -> Result<Condition, RuleProblem> {
        let Some(name) = &item.field.name else {
            return Err(self.unsupported(selection, "a keyword without a field"));
        };
        let place = ["detection", selection, name];
        let Some(field) = Field::from_name(name) else {
            let known: Vec<&str> = Field::NAMES.iter().map(|(name, _)| *name).collect();
            return Err(self.document.problem(
                &place,
                format!("unknown field `{name}`"),
                &instead_of(name, &known),
            ));
        };
        let form = Form::of(&item.field.modifiers)
            .map_err(|modifier| self.unsupported(name, &format!("the modifier `{modifier}`")))?;
        let tests: Result<Vec<_>, _> = item
            .values
            .iter()
            .map(|value| {
                form.test(field, value)
                    .map(|test| Condition::Test(field, test))
            })
            .map(|test| {
                test.map_err(|unfit| self.document.problem(&place, unfit.what, &unfit.remedy))
            })
            .collect();
        let tests = tests?;
        let condition = if form.all {
            Condition::all(tests)
        } else {
            Condition::any(tests)
        };
        Ok(if form.negated {
            Condition::Not(Box::new(condition))
        } else {
            condition
        })
    }

    fn unsupported(&self, place: &str, what: &str) -> RuleProblem {
        let what = format!("{what} is not supported");
        self.document
            .problem(&["detection", place], what, SUPPORTED)
    }
}
