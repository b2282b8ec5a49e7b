use std::collections::BTreeSet;
use std::ptr;

use super::condition::Reader;
use super::document::Document;
use super::library::Library;
use super::{about, native, sigma};
use crate::KeyClass;
use crate::rule::{Bound, Escalation, Leaf, LeafSet, MAX_LEAVES, Need, NeedId, Shape, Step, What};
use crate::rule_error::RuleProblem;
use crate::selection::{Condition, Selection};

/// Puts a rule together out of the documents that say it.
#[derive(Debug)]
pub(super) struct Builder<'l, 't> {
    library: &'l Library<'t>,
    parts: Parts,
    keys: Result<Vec<KeyClass>, RuleProblem>,
    /// The files beside the rule's own.
    used: BTreeSet<&'l str>,
    home: &'l str,
    /// The documents that are being read, each named by the one before it.
    reading: Vec<&'l Document<'t>>,
}

/// What the steps refer to.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) leaves: Vec<Leaf>,
    pub(super) needs: Vec<Need>,
}

impl<'l, 't> Builder<'l, 't> {
    pub(super) fn new(library: &'l Library<'t>, document: &'l Document<'t>) -> Self {
        Self {
            library,
            parts: Parts::default(),
            keys: about::key_classes(document),
            used: BTreeSet::new(),
            home: document.file(),
            reading: vec![document],
        }
    }

    pub(super) fn finish(self) -> Parts {
        self.parts
    }

    pub(super) fn used(&self) -> impl Iterator<Item = &'l str> + use<'l, 't> {
        let used: Vec<&'l str> = self.used.iter().copied().collect();
        used.into_iter()
    }

    /// What a document says, as a step.
    pub(super) fn step(&mut self, document: &'l Document<'t>) -> Result<Step, RuleProblem> {
        if document.has("correlation") {
            sigma::step(self, document)
        } else if document.has("native") {
            native::step(self, document)
        } else {
            let condition = Reader::new(document)?.whole()?;
            Ok(Step {
                shape: Shape::EventCount {
                    of: self.leaf(document, &condition)?,
                    bound: Bound::AtLeast(1),
                },
                window: 1,
            })
        }
    }

    /// The step of a document that another one names.
    pub(super) fn referred(
        &mut self,
        document: &Document<'t>,
        place: &[&str],
        name: &str,
    ) -> Result<Step, RuleProblem> {
        let found = self.document(document, place, name)?;
        let mut reading = self.reading.iter();
        if reading.any(|reading| ptr::eq(*reading, found)) {
            let what = match document.optional_text(&["name"]) == Some(name) {
                true => format!("`{name}` refers to itself"),
                false => format!("`{name}` refers to this rule itself"),
            };
            return Err(document.problem(place, what, "no rule can be made of itself"));
        }
        if self.reading.len() > MAX_DEPTH {
            let what = format!("rules refer to each other more than {MAX_DEPTH} deep");
            return Err(document.problem(place, what, "join the rules at fewer levels"));
        }
        self.reading.push(found);
        let step = self.step(found);
        self.reading.pop();
        step
    }

    /// The document that another one names.
    pub(super) fn document(
        &mut self,
        document: &Document<'t>,
        place: &[&str],
        name: &str,
    ) -> Result<&'l Document<'t>, RuleProblem> {
        let Some(found) = self.library.find(document.file(), name) else {
            let what = format!("the detection or rule `{name}` is not there");
            let remedy = "put it in a document before this one, under this `name`, or name \
                          another rule of the set";
            let near = self.library.near(document.file(), name);
            let remedy = near.map_or_else(
                || remedy.to_owned(),
                |near| format!("perhaps `{near}` is meant; else {remedy}"),
            );
            return Err(document.problem(place, what, &remedy));
        };
        if found.file() != self.home {
            self.used.insert(found.file());
        }
        if found.has("jwtrail") && about::key_classes(found)? != self.keys()? {
            let what = format!("`{name}` groups by another key");
            return Err(document.problem(place, what, "rules that are joined share their key"));
        }
        Ok(found)
    }

    pub(super) fn keys(&self) -> Result<Vec<KeyClass>, RuleProblem> {
        self.keys.clone()
    }

    /// A selection's place.
    pub(super) fn leaf(
        &mut self,
        document: &Document<'_>,
        condition: &Condition,
    ) -> Result<LeafSet, RuleProblem> {
        let selection = Selection::new(condition);
        if selection.events().next().is_none() {
            return Err(document.problem(
                &["detection", "condition"],
                "the condition can select no event".to_owned(),
                "name an `event` of the schema, such as token.rejected",
            ));
        }
        let at = self.parts.leaves.len();
        if at >= MAX_LEAVES {
            let what = format!("the rule has more than {MAX_LEAVES} selections");
            return Err(document.problem(&["native"], what, "make two rules of it"));
        }
        self.parts.leaves.push(Leaf { selection });
        Ok(LeafSet::of(at))
    }

    /// The place of a need of these selections.
    pub(super) fn need(&mut self, leaves: LeafSet, what: What) -> NeedId {
        self.place(leaves, what, false)
    }

    /// The same, where an event that lacks it counts none the less.
    pub(super) fn wish(&mut self, leaves: LeafSet, what: What) -> NeedId {
        self.place(leaves, what, true)
    }

    fn place(&mut self, leaves: LeafSet, what: What, optional: bool) -> NeedId {
        let at = self.parts.needs.len();
        self.parts.needs.push(Need {
            leaves,
            what,
            optional,
        });
        // Each leaf brings one need or two, and there are few leaves.
        NeedId::try_from(at).unwrap_or(NeedId::MAX)
    }

    pub(super) fn escalation(
        &mut self,
        document: &Document<'_>,
        step: &Step,
    ) -> Result<Option<Escalation>, RuleProblem> {
        let place = ["native", "escalate"];
        if document
            .optional_text(&["native", "escalate", "level"])
            .is_none()
        {
            return Ok(None);
        }
        document.only(
            &place,
            &[
                "level",
                "threshold",
                "known_claimed_subject",
                "when",
                "part",
            ],
        )?;
        let counted = document.has_at(&["native", "escalate", "threshold"]);
        if counted && !matches!(step.shape, Shape::EventCount { .. }) {
            let what = "`escalate.threshold` is for event_count only".to_owned();
            return Err(document.problem(&place, what, "leave it out, or say `when`"));
        }
        let threshold = counted
            .then(|| document.number(&["native", "escalate", "threshold"]))
            .transpose()?;
        let when = match document.optional_text(&["native", "escalate", "when"]) {
            Some(_) => {
                let reader = Reader::new(document)?;
                let condition = reader.part(&["native", "escalate", "when"])?;
                self.leaf(document, &condition)?
            }
            None => LeafSet::default(),
        };
        Ok(Some(Escalation {
            severity: about::severity(document, &["native", "escalate", "level"])?,
            threshold,
            known_subject: document.flag(&["native", "escalate", "known_claimed_subject"])?,
            when,
            part: part(document)?,
        }))
    }
}

/// The place of the part that makes the alert worse.
fn part(document: &Document<'_>) -> Result<Option<usize>, RuleProblem> {
    let place = ["native", "escalate", "part"];
    let Some(name) = document.optional_text(&place) else {
        return Ok(None);
    };
    let parts = document.list(&["native", "rules"])?;
    let at = parts.iter().position(|part| part == name);
    let any = document.optional_text(&["native", "type"]) == Some("any");
    if !any || at.is_none() {
        let what = format!("`{name}` is no part that is enough by itself");
        return Err(document.problem(&place, what, "name one of the `rules` of an `any`"));
    }
    Ok(at)
}

const MAX_DEPTH: usize = 4;
