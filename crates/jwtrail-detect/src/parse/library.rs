use std::collections::BTreeMap;

use super::Problems;
use super::document::{Document, documents};
use super::nearest::nearest;
use crate::rule_error::RuleProblem;

/// The files that are read together, by their names: rules may refer to each other.
#[derive(Debug, Default)]
pub(crate) struct Library<'t> {
    files: BTreeMap<&'t str, File<'t>>,
}

#[derive(Debug)]
struct File<'t> {
    text: &'t str,
    documents: Vec<Document<'t>>,
}

impl<'t> Library<'t> {
    /// Takes in one file.
    pub(crate) fn add(&mut self, name: &'t str, text: &'t str) -> Result<(), Problems> {
        let problem = |what: String, remedy: &str| {
            Problems::from(RuleProblem {
                file: name.to_owned(),
                line: 1,
                what,
                remedy: remedy.to_owned(),
            })
        };
        if text.len() > MAX_FILE {
            let what = format!("the file has {} bytes, the limit is {MAX_FILE}", text.len());
            return Err(problem(what, "write one rule per file"));
        }
        if self.files.contains_key(name) {
            let what = format!("the file `{name}` is there already");
            return Err(problem(what, "give each file a name of its own"));
        }
        let documents = documents(name, text)?;
        self.files.insert(name, File { text, documents });
        Ok(())
    }

    pub(super) fn text(&self, file: &str) -> Option<&'t str> {
        self.files.get(file).map(|file| file.text)
    }

    pub(super) fn documents(&self, file: &str) -> &[Document<'t>] {
        let documents = self.files.get(file).map(|file| file.documents.as_slice());
        documents.unwrap_or_default()
    }

    /// The document of a file that is its rule: the last one that adds something up.
    pub(crate) fn rule(&self, file: &str) -> Result<&Document<'t>, RuleProblem> {
        let documents = self.documents(file).iter();
        let mut rules = documents.filter(|document| document.has("jwtrail") && document.adds_up());
        match (rules.next(), rules.next()) {
            (Some(rule), None) => Ok(rule),
            _ => Err(RuleProblem {
                file: file.to_owned(),
                line: 1,
                what: "not exactly one rule".to_owned(),
                remedy: "a file holds one document with `jwtrail:` and with `correlation:` or \
                         `native:`"
                    .to_owned(),
            }),
        }
    }

    /// The rules of these files that have the name or the id of one of an earlier file.
    pub(crate) fn twins(&self, files: &[&'t str]) -> Problems {
        let mut problems = Problems::default();
        let mut seen: [BTreeMap<&str, &str>; 2] = Default::default();
        let rules = files.iter().filter_map(|file| self.rule(file).ok());
        for rule in rules {
            let mut told = None;
            for (what, seen) in ["name", "id"].into_iter().zip(&mut seen) {
                let Some(text) = rule.optional_text(&[what]) else {
                    continue;
                };
                let other = *seen.entry(text).or_insert(rule.file());
                if other != rule.file() && told.replace(other) != Some(other) {
                    let what_is = format!("the {what} `{text}` is that of the rule in `{other}`");
                    let remedy = "give each rule its own `name` and `id`";
                    problems.add(rule.problem(&[what], what_is, remedy));
                }
            }
        }
        problems
    }

    /// The document of this name or id: of the same file, or the rule of another.
    pub(super) fn find(&self, from: &str, name: &str) -> Option<&Document<'t>> {
        let named = |document: &&Document<'t>| {
            [&["name"][..], &["id"]]
                .iter()
                .any(|place| document.optional_text(place) == Some(name))
        };
        let near = self.documents(from).iter().find(named);
        near.or_else(|| {
            let mut rules = self.files.keys().filter_map(|file| self.rule(file).ok());
            rules.find(named)
        })
    }

    /// The name of a document that is there, for one that is not.
    pub(super) fn near(&self, from: &str, name: &str) -> Option<&str> {
        let near = self.documents(from).iter();
        let rules = self.files.keys().filter_map(|file| self.rule(file).ok());
        let names = near.chain(rules).filter_map(|d| d.optional_text(&["name"]));
        nearest(name, &names.collect::<Vec<_>>())
    }
}

const MAX_FILE: usize = 64 * 1024;
