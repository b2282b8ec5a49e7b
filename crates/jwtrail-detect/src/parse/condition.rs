use rsigma_parser::{
    ConditionExpr, Detection, DetectionItem, Detections, Modifier, Quantifier, SigmaString,
    SigmaValue, SpecialChar, StringPart,
};

use super::document::Document;
use crate::rule_error::RuleProblem;
use crate::selection::{Compare, Condition, Field, Glob, Piece, Selection, Test};

/// A Sigma `detection:` as a selection.
pub(super) fn selection(
    document: &Document<'_>,
    detections: &Detections,
) -> Result<Selection, RuleProblem> {
    Reader {
        document,
        detections,
    }
    .selection()
}

struct Reader<'a> {
    document: &'a Document<'a>,
    detections: &'a Detections,
}

impl Reader<'_> {
    fn selection(&self) -> Result<Selection, RuleProblem> {
        if self.detections.timeframe.is_some() {
            return Err(self.unsupported("timeframe", "`timeframe` in a detection"));
        }
        let conditions = self.detections.conditions.iter();
        let parts: Result<_, _> = conditions.map(|c| self.expression(c)).collect();
        let selection = Selection::new(&Condition::any(parts?));
        if selection.events().next().is_none() {
            return Err(self.document.problem(
                &["detection", "condition"],
                "the condition can select no event".to_owned(),
                "name an `event` of the schema, such as token.rejected",
            ));
        }
        Ok(selection)
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
                    "name a selection of this detection",
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
                &format!("known: {}", known.join(", ")),
            ));
        };
        let mut negated = false;
        let mut all = false;
        let mut form = Form::default();
        for modifier in &item.field.modifiers {
            match modifier {
                Modifier::All => all = true,
                Modifier::Neq => negated = true,
                Modifier::Cased => form.cased = true,
                Modifier::Contains => (form.open_start, form.open_end) = (true, true),
                Modifier::StartsWith => form.open_end = true,
                Modifier::EndsWith => form.open_start = true,
                Modifier::Exists => form.exists = true,
                Modifier::Gt => form.compare = Some(Compare::Greater),
                Modifier::Gte => form.compare = Some(Compare::GreaterOrEqual),
                Modifier::Lt => form.compare = Some(Compare::Less),
                Modifier::Lte => form.compare = Some(Compare::LessOrEqual),
                other => {
                    let other = format!("the modifier `{other:?}`").to_lowercase();
                    return Err(self.unsupported(name, &other));
                }
            }
        }
        let tests: Result<Vec<_>, _> = item
            .values
            .iter()
            .map(|value| form.test(value).map(|test| Condition::Test(field, test)))
            .map(|test| test.map_err(|what| self.document.problem(&place, what, FORMS)))
            .collect();
        let tests = tests?;
        let condition = if all {
            Condition::all(tests)
        } else {
            Condition::any(tests)
        };
        Ok(if negated {
            Condition::Not(Box::new(condition))
        } else {
            condition
        })
    }

    fn unsupported(&self, place: &str, what: &str) -> RuleProblem {
        self.document.problem(
            &["detection", place],
            format!("{what} is not supported"),
            "supported: fields with values, `*` and `?`, contains, startswith, endswith, all, \
             cased, exists, neq, gt, gte, lt, lte",
        )
    }
}

const FORMS: &str = "compare texts with texts, numbers with numbers, exists with true or false";

#[derive(Debug, Default)]
struct Form {
    cased: bool,
    open_start: bool,
    open_end: bool,
    exists: bool,
    compare: Option<Compare>,
}

impl Form {
    fn test(&self, value: &SigmaValue) -> Result<Test, String> {
        match value {
            SigmaValue::Bool(wanted) if self.exists => Ok(Test::Exists(*wanted)),
            _ if self.exists => Err("`exists` with something else than true or false".to_owned()),
            SigmaValue::Integer(number) => {
                let compare = self.compare.unwrap_or(Compare::Equal);
                Ok(Test::Integer(compare, *number))
            }
            _ if self.compare.is_some() => Err("a comparison with what is no number".to_owned()),
            SigmaValue::Bool(wanted) => Ok(Test::Flag(*wanted)),
            SigmaValue::Null => Ok(Test::Exists(false)),
            SigmaValue::String(text) => Ok(Test::Text(self.glob(text))),
            SigmaValue::Float(number) => Err(format!("the number {number} is not whole")),
        }
    }

    fn glob(&self, text: &SigmaString) -> Glob {
        let mut pieces = Vec::new();
        pieces.extend(self.open_start.then_some(Piece::AnyText));
        for part in &text.parts {
            match part {
                StringPart::Plain(plain) => pieces.extend(plain.chars().map(Piece::One)),
                StringPart::Special(SpecialChar::WildcardMulti) => pieces.push(Piece::AnyText),
                StringPart::Special(SpecialChar::WildcardSingle) => pieces.push(Piece::AnyOne),
            }
        }
        pieces.extend(self.open_end.then_some(Piece::AnyText));
        Glob::new(pieces, self.cased)
    }
}
