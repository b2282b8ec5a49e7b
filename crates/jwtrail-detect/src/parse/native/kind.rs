use crate::parse::Problems;
use crate::parse::condition::Reader;
use crate::parse::document::Document;
use crate::parse::nearest::instead_of;
use crate::rule_error::RuleProblem;

/// One way in which events add up.
pub(super) struct Kind {
    pub(super) name: &'static str,
    needed: &'static [&'static str],
    optional: &'static [&'static str],
}

impl Kind {
    /// All that it may say.
    pub(super) fn known(&self) -> Vec<&'static str> {
        let keys = self.needed.iter().chain(self.optional);
        ["type", "escalate"].iter().chain(keys).copied().collect()
    }
}

/// All that is wrong with how events add up, as far as one key shows it.
pub(in crate::parse) fn problems(document: &Document<'_>) -> Problems {
    let kind = match of(document) {
        Ok(kind) => kind,
        Err(problem) => return problem.into(),
    };
    let mut problems = Problems::default();
    problems.extend(document.unknown(&["native"], &kind.known()));
    // A key that is missing was written wrong, more likely than not.
    let misspelt = !problems.is_empty();
    for key in kind.known() {
        let place = ["native", key];
        if document.has_at(&place) || (!misspelt && kind.needed.contains(&key)) {
            problems.extend(problem(document, key, &place));
        }
    }
    problems
}

/// What is wrong with one key by itself.
fn problem(document: &Document<'_>, key: &str, place: &[&str]) -> Option<RuleProblem> {
    match key {
        "window" | "memory" | "within" | "at_least" => document.duration(place).err(),
        "threshold" | "turns" | "percent" | "distinct" | "floor" | "deviations" => {
            document.number(place).err()
        }
        "part" | "whole" | "of" | "fire" | "learn" | "since" | "expect" | "until" => {
            let part = |reader: Reader<'_>| reader.part(place);
            Reader::new(document).and_then(part).err()
        }
        "field" | "model" => document.text(place).err(),
        _ => None,
    }
}

pub(super) fn of(document: &Document<'_>) -> Result<&'static Kind, RuleProblem> {
    let name = document.text(&["native", "type"])?;
    TYPES.iter().find(|kind| kind.name == name).ok_or_else(|| {
        let what = format!("the type `{name}` is not supported");
        let names: Vec<&str> = TYPES.iter().map(|kind| kind.name).collect();
        document.problem(&["native", "type"], what, &instead_of(name, &names))
    })
}

const TYPES: &[Kind] = &[
    Kind {
        name: "event_count",
        needed: &["window", "threshold"],
        optional: &[],
    },
    Kind {
        name: "value_count",
        needed: &["window", "field", "threshold"],
        optional: &["presentations"],
    },
    Kind {
        name: "new_value_count",
        needed: &["window", "field", "threshold", "memory"],
        optional: &[],
    },
    Kind {
        name: "new_value",
        needed: &["field", "memory", "fire"],
        optional: &["learn", "since", "at_least", "first"],
    },
    Kind {
        name: "interleaved",
        needed: &["window"],
        optional: &["differ", "turns"],
    },
    Kind {
        name: "ratio",
        needed: &["window", "part", "whole", "threshold", "percent"],
        optional: &["field", "distinct"],
    },
    Kind {
        name: "baseline",
        needed: &["window", "of", "floor", "deviations", "model"],
        optional: &["whole", "spread"],
    },
    Kind {
        name: "gap",
        needed: &["field"],
        optional: &[],
    },
    Kind {
        name: "absence",
        needed: &["expect", "within", "until"],
        optional: &["each"],
    },
    Kind {
        name: "any",
        needed: &["rules"],
        optional: &[],
    },
    Kind {
        name: "all",
        needed: &["window", "rules"],
        optional: &[],
    },
    Kind {
        name: "ordered",
        needed: &["window", "rules"],
        optional: &[],
    },
];
