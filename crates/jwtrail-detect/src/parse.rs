//! Rule files: Sigma, and native YAML whose selection is Sigma's.

mod about;
mod condition;
mod document;
mod native;
mod sigma;

use document::{Document, documents};

use crate::Rule;
use crate::hash::Hash;
use crate::rule_error::RuleProblem;

/// The one rule that a file holds.
pub(crate) fn parse_file(file: &str, text: &str) -> Result<Rule, RuleProblem> {
    if text.len() > MAX_FILE {
        return Err(RuleProblem {
            file: file.to_owned(),
            line: 1,
            what: format!("the file has {} bytes, the limit is {MAX_FILE}", text.len()),
            remedy: "write one rule per file".to_owned(),
        });
    }
    let documents = documents(file, text)?;
    let mut rules = documents
        .iter()
        .filter(|d| d.has("correlation") || d.has("native"));
    let (Some(rule), None) = (rules.next(), rules.next()) else {
        return Err(RuleProblem {
            file: file.to_owned(),
            line: 1,
            what: "not exactly one rule".to_owned(),
            remedy: "a file holds one document with `correlation:` or `native:`".to_owned(),
        });
    };
    // Sigma's parser would only warn of it, without its place.
    about::severity(rule, &["level"])?;
    let version = format!("{:016x}", Hash::new("rule").part(text).short());
    if rule.has("native") {
        native::rule(rule, version)
    } else {
        let parts: Vec<&Document<'_>> = documents
            .iter()
            .filter(|document| !std::ptr::eq(*document, rule))
            .collect();
        sigma::rule(rule, &parts, version)
    }
}

const MAX_FILE: usize = 64 * 1024;
