//! Rule files: Sigma, and native YAML whose selections are Sigma's.

mod about;
mod builder;
mod condition;
mod document;
mod library;
mod modifiers;
mod native;
mod refused;
mod sigma;

pub(crate) use document::{Document, documents};
pub(crate) use library::Library;

use builder::Builder;

use crate::Rule;
use crate::hash::Hash;
use crate::rule_error::RuleProblem;

/// The one rule that a file of the library holds.
pub(crate) fn rule(library: &Library<'_>, file: &str) -> Result<Rule, RuleProblem> {
    let document = library.rule(file)?;
    // Sigma's parser would only warn of it, without its place.
    about::severity(document, &["level"])?;
    let mut builder = Builder::new(library, document);
    let step = builder.step(document)?;
    let escalation = builder.escalation(document, &step)?;
    let version = version(library, document, builder.used());
    about::rule(document, builder.finish(), step, escalation, version)
}

/// A hash of the file, and of those that it refers to: it changes when the rule does.
fn version<'f>(
    library: &Library<'_>,
    document: &Document<'f>,
    used: impl Iterator<Item = &'f str>,
) -> String {
    let own = std::iter::once(document.file());
    let texts = own.chain(used).filter_map(|file| library.text(file));
    let hash = texts.fold(Hash::new("rule"), Hash::part);
    format!("{:016x}", hash.short())
}
