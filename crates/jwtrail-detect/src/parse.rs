//! Rule files: Sigma, and native YAML whose selections are Sigma's.

mod about;
mod builder;
mod condition;
mod document;
mod library;
mod modifiers;
mod native;
mod nearest;
mod problems;
mod refused;
mod sigma;

pub(crate) use document::{Document, documents};
pub(crate) use library::Library;
pub(crate) use problems::Problems;

use builder::Builder;

use crate::Rule;
use crate::hash::Hash;

/// The one rule that a file of the library holds.
pub(crate) fn rule(library: &Library<'_>, file: &str) -> Result<Rule, Problems> {
    let document = library.rule(file)?;
    let mut problems = Problems::default();
    problems.extend(about::problems(document));
    let selecting = library.documents(file).iter();
    for selecting in selecting.filter(|document| document.has("detection")) {
        problems.extend(condition::problems(selecting));
    }
    if document.has("native") {
        problems.extend(native::problems(document));
    }
    // What is wrong for itself is told by now; the rest stops at the first thing.
    let mut builder = Builder::new(library, document);
    let step = problems.take(builder.step(document));
    let Some((step, escalation)) = step.and_then(|step| {
        let escalation = problems.take(builder.escalation(document, &step))?;
        Some((step, escalation))
    }) else {
        return Err(problems);
    };
    problems.extend(about::misfits(document, &step, escalation.as_ref()));
    let version = version(library, document, builder.used());
    let rule = about::rule(document, builder.finish(), step, escalation, version);
    let rule = problems.take(rule);
    rule.filter(|_| problems.is_empty()).ok_or(problems)
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
