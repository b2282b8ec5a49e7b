mod kind;

pub(super) use kind::problems;

use super::about::field;
use super::builder::Builder;
use super::condition::Reader;
use super::document::Document;
use crate::rule::{BaselineRule, Bound, LeafSet, Plan, Shape, Spread, Step, What};
use crate::rule_error::RuleProblem;
use crate::selection::Field;

/// What Sigma can't say: the selections are Sigma's, the rest stands under `native:`.
pub(super) fn step<'l, 't>(
    builder: &mut Builder<'l, 't>,
    document: &'l Document<'t>,
) -> Result<Step, RuleProblem> {
    let kind = kind::of(document)?;
    document.only(&["native"], &kind.known())?;
    let mut native = Native { builder, document };
    match kind.name {
        "any" | "all" | "ordered" => native.joined(kind.name),
        "event_count" => native.event_count(),
        "value_count" => native.value_count(),
        "new_value_count" => native.new_value_count(),
        "new_value" => native.new_value(),
        "interleaved" => native.interleaved(),
        "ratio" => native.ratio(),
        "baseline" => native.baseline(),
        "gap" => native.gap(),
        _ => native.absence(),
    }
}

struct Native<'b, 'l, 't> {
    builder: &'b mut Builder<'l, 't>,
    document: &'l Document<'t>,
}

impl Native<'_, '_, '_> {
    fn event_count(&mut self) -> Result<Step, RuleProblem> {
        Ok(Step {
            shape: Shape::EventCount {
                of: self.all_selected()?,
                bound: Bound::AtLeast(self.number("threshold")?),
            },
            window: self.window()?,
        })
    }

    fn value_count(&mut self) -> Result<Step, RuleProblem> {
        let of = self.all_selected()?;
        let field = self.field("field")?;
        let presentations = self.document.flag(&["native", "presentations"])?;
        let what = if presentations {
            What::Source(field, None)
        } else {
            What::Values(field)
        };
        Ok(Step {
            shape: Shape::ValueCount {
                of,
                need: self.builder.need(of, what),
                bound: Bound::AtLeast(self.number("threshold")?),
                presentations,
            },
            window: self.window()?,
        })
    }

    fn new_value_count(&mut self) -> Result<Step, RuleProblem> {
        let of = self.all_selected()?;
        let field = self.field("field")?;
        Ok(Step {
            shape: Shape::NewValueCount {
                of,
                need: self.builder.need(of, What::Values(field)),
                threshold: self.number("threshold")?,
                memory: self.document.duration(&["native", "memory"])?,
            },
            window: self.window()?,
        })
    }

    fn new_value(&mut self) -> Result<Step, RuleProblem> {
        let fire = self.selection("fire")?;
        let learn = if self.document.has_at(&["native", "learn"]) {
            self.selection("learn")?
        } else {
            fire
        };
        let since = if self.document.has_at(&["native", "since"]) {
            let at_least = self.document.duration(&["native", "at_least"])?;
            Some((self.selection("since")?, at_least))
        } else {
            None
        };
        let field = self.field("field")?;
        Ok(Step {
            shape: Shape::NewValue {
                learn,
                fire,
                need: self.builder.need(learn.with(fire), What::Values(field)),
                memory: self.document.duration(&["native", "memory"])?,
                first: self.document.flag(&["native", "first"])?,
                since,
            },
            window: 1,
        })
    }

    fn interleaved(&mut self) -> Result<Step, RuleProblem> {
        let of = self.all_selected()?;
        let place = ["native", "differ"];
        let names = self.document.list(&place)?;
        let mut fields = Vec::new();
        for name in &names {
            fields.push(field(self.document, &place, name)?);
        }
        let what = match fields.as_slice() {
            [] => What::Source(Field::Address, Some(Field::AgentFamily)),
            [one] => What::Source(*one, None),
            [one, other] => What::Source(*one, Some(*other)),
            _ => {
                let what = "sources can differ in two fields at most".to_owned();
                return Err(self.document.problem(&place, what, "name one field or two"));
            }
        };
        let turns = if self.document.has_at(&["native", "turns"]) {
            self.number("turns")?
        } else {
            3
        };
        if !(2..=16).contains(&turns) {
            let what = format!("{turns} turns are not supported");
            return Err(self
                .document
                .problem(&["native", "turns"], what, "write 2 to 16"));
        }
        Ok(Step {
            shape: Shape::Interleaved {
                of,
                need: self.builder.need(of, what),
                turns,
            },
            window: self.window()?,
        })
    }

    fn ratio(&mut self) -> Result<Step, RuleProblem> {
        let part = self.selection("part")?;
        let whole = self.selection("whole")?;
        let distinct = if self.document.has_at(&["native", "field"]) {
            let field = self.counted_field("field")?;
            let need = self.builder.need(part, What::Values(field));
            Some((need, self.number("distinct")?))
        } else {
            None
        };
        let percent = self.number("percent")?;
        if percent > 100 {
            let what = format!("{percent} percent are more than the whole");
            return Err(self
                .document
                .problem(&["native", "percent"], what, "write 1 to 100"));
        }
        Ok(Step {
            shape: Shape::Ratio {
                part,
                whole,
                threshold: self.number("threshold")?,
                percent: u64::try_from(percent).unwrap_or(100),
                distinct,
            },
            window: self.window()?,
        })
    }

    fn baseline(&mut self) -> Result<Step, RuleProblem> {
        let of = self.selection("of")?;
        let whole = if self.document.has_at(&["native", "whole"]) {
            Some(self.selection("whole")?)
        } else {
            None
        };
        let spread = if self.document.has_at(&["native", "spread"]) {
            let place = ["native", "spread"];
            self.document
                .only(&place, &["field", "at_least", "at_most_each"])?;
            let name = self.document.text(&["native", "spread", "field"])?;
            let field = field(self.document, &["native", "spread", "field"], name)?;
            Some(Spread {
                need: self.builder.wish(of, What::Values(field)),
                at_least: self.document.number(&["native", "spread", "at_least"])?,
                at_most_each: if self.document.has_at(&AT_MOST_EACH) {
                    self.document.number(&AT_MOST_EACH)?
                } else {
                    usize::MAX
                },
            })
        } else {
            None
        };
        let window = self.window()?;
        if window % Plan::BUCKET != 0 {
            let what = "the window is no multiple of 5 minutes".to_owned();
            return Err(self
                .document
                .problem(&["native", "window"], what, "write 5m or 10m"));
        }
        let seasonal = match self.document.text(&["native", "model"])? {
            "ewma" => false,
            "seasonal" => true,
            other => {
                let what = format!("the model `{other}` is not supported");
                let place = ["native", "model"];
                return Err(self
                    .document
                    .problem(&place, what, "supported: ewma, seasonal"));
            }
        };
        let deviations = self.number("deviations")?;
        Ok(Step {
            shape: Shape::Baseline(Box::new(BaselineRule {
                of,
                whole,
                floor: self.number("floor")?,
                deviations: u32::try_from(deviations).unwrap_or(u32::MAX),
                seasonal,
                spread,
            })),
            window,
        })
    }

    fn gap(&mut self) -> Result<Step, RuleProblem> {
        let of = self.all_selected()?;
        if self.document.text(&["native", "field"])? != "seq" {
            let what = "only `seq` is a sequence".to_owned();
            return Err(self
                .document
                .problem(&["native", "field"], what, "write `field: seq`"));
        }
        Ok(Step {
            shape: Shape::Gap {
                of,
                need: self.builder.need(of, What::Place),
            },
            window: 1,
        })
    }

    fn absence(&mut self) -> Result<Step, RuleProblem> {
        let expect = self.selection("expect")?;
        let until = self.selection("until")?;
        let each = if self.document.has_at(&["native", "each"]) {
            let field = self.field("each")?;
            let of = expect.with(until);
            Some(self.builder.wish(of, What::Values(field)))
        } else {
            None
        };
        Ok(Step {
            shape: Shape::Absence {
                expect,
                until,
                within: self.document.duration(&["native", "within"])?,
                each,
            },
            window: 1,
        })
    }

    fn joined(&mut self, kind: &str) -> Result<Step, RuleProblem> {
        let place = ["native", "rules"];
        let names = self.document.list(&place)?;
        if names.len() < 2 {
            let what = "fewer than two rules to join".to_owned();
            return Err(self
                .document
                .problem(&place, what, "name two rules at least"));
        }
        let mut steps = Vec::new();
        for name in &names {
            steps.push(self.builder.referred(self.document, &place, name)?);
        }
        let waits = |step: &Step| matches!(step.shape, Shape::Absence { .. } | Shape::Gap { .. });
        if kind != "any" && steps.iter().any(waits) {
            let what = format!("`{kind}` can't wait for what does not come");
            return Err(self.document.problem(
                &place,
                what,
                "join a gap or an absence by `any` only",
            ));
        }
        let longest = steps.iter().map(|step| step.window).max().unwrap_or(1);
        let (shape, window) = match kind {
            "any" => (Shape::Any(steps), longest),
            "all" => (Shape::All(steps), self.window()?),
            _ => (Shape::Ordered(steps), self.window()?),
        };
        Ok(Step { shape, window })
    }

    fn window(&self) -> Result<i64, RuleProblem> {
        self.document.duration(&["native", "window"])
    }

    fn number(&self, key: &str) -> Result<usize, RuleProblem> {
        self.document.number(&["native", key])
    }

    fn field(&self, key: &str) -> Result<Field, RuleProblem> {
        let place = ["native", key];
        field(self.document, &place, self.document.text(&place)?)
    }

    /// A field whose values may be the sender's word: there it is asked how many were tried.
    fn counted_field(&self, key: &str) -> Result<Field, RuleProblem> {
        let place = ["native", key];
        match self.document.text(&place)? {
            "credential" => Ok(Field::Credential),
            name => field(self.document, &place, name),
        }
    }

    /// All that the document's condition selects.
    fn all_selected(&mut self) -> Result<LeafSet, RuleProblem> {
        let condition = Reader::new(self.document)?.whole()?;
        self.builder.leaf(self.document, &condition)
    }

    /// What a key of `native:` selects.
    fn selection(&mut self, key: &str) -> Result<LeafSet, RuleProblem> {
        let condition = Reader::new(self.document)?.part(&["native", key])?;
        self.builder.leaf(self.document, &condition)
    }
}

const AT_MOST_EACH: [&str; 3] = ["native", "spread", "at_most_each"];
