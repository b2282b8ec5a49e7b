mod approximate;
mod written;

use crate::parse::documents;
use crate::{RuleError, RuleSet};
use approximate::Approximation;

/// A rule in Sigma, for tools that know no other.
///
/// ```
/// use jwtrail_detect::{RuleSet, export_rule};
///
/// let rules = RuleSet::embedded()?;
/// let (file, text) = RuleSet::embedded_files().find(|(f, _)| f.contains("key-probing")).unwrap();
/// let exported = export_rule(file, text, &rules).unwrap();
/// assert!(exported.losses.is_empty(), "Sigma says all of it");
/// # Ok::<(), jwtrail_detect::RuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportedRule {
    /// The rule's name.
    pub name: String,
    /// The file: valid Sigma.
    pub text: String,
    /// What it no longer says; nothing where the rule is portable. The file says it, too.
    pub losses: Vec<String>,
}

/// A rule file in Sigma. A rule that Sigma can't say comes as what is nearest to it, with what is
/// lost; `rules` are all that the file's rule may refer to.
///
/// ```
/// use jwtrail_detect::{RuleSet, export_rule};
///
/// let rules = RuleSet::embedded()?;
/// let (file, text) = RuleSet::embedded_files().find(|(f, _)| f.contains("refresh-burst")).unwrap();
/// let exported = export_rule(file, text, &rules).unwrap();
/// assert!(exported.losses.iter().any(|loss| loss.contains("baseline")));
/// # Ok::<(), jwtrail_detect::RuleError>(())
/// ```
///
/// # Errors
/// When nothing in Sigma comes near it, or the file holds no rule of the set.
pub fn export_rule(file: &str, text: &str, rules: &RuleSet) -> Result<ExportedRule, NotExportable> {
    let all = documents(file, text)
        .map_err(|problems| NotExportable::File(RuleError::new(problems.into_iter().collect())))?;
    let main = all.iter().find(|document| document.has("jwtrail"));
    let name = main.and_then(|main| main.optional_text(&["name"]));
    let info = name.and_then(|name| rules.info(name));
    let (Some(main), Some(info)) = (main, info) else {
        return Err(NotExportable::NoRule {
            file: file.to_owned(),
        });
    };
    let named = |losses, text| ExportedRule {
        name: info.name.clone(),
        text,
        losses,
    };
    if info.portable {
        return Ok(named(Vec::new(), text.to_owned()));
    }
    if main.has("correlation") {
        let counted = all.iter().map(|document| document.selections());
        let asked: String = counted.chain([main.counted()]).collect();
        let mut losses = vec![approximate::lost_fields(&derived_fields(&asked))];
        let mut selecting = all.iter().filter(|document| document.has("detection"));
        // Where the selections ask for it themselves, Sigma does as well.
        if !selecting.all(|document| words(&document.selections()).any(|word| word == "trust")) {
            losses.extend(approximate::lost_trust(info));
        }
        let text = written::with_losses(&info.name, &losses, text);
        return Ok(named(losses, text));
    }
    let approximation = Approximation::of(&all, main, info);
    let approximation = approximation.map_err(|why| NotExportable::NothingNear {
        rule: info.name.clone(),
        why,
    })?;
    let text = written::documents(&approximation.documents);
    let text = written::with_losses(&info.name, &approximation.losses, &text);
    Ok(named(approximation.losses, text))
}

/// Why a rule can't be written in Sigma.
///
/// ```
/// use jwtrail_detect::{NotExportable, RuleSet, export_rule};
///
/// let rules = RuleSet::embedded()?;
/// let refused = export_rule("none.yml", "title: none", &rules).unwrap_err();
/// assert!(matches!(refused, NotExportable::NoRule { .. }));
/// # Ok::<(), jwtrail_detect::RuleError>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotExportable {
    /// The file can't be read.
    #[error(transparent)]
    File(RuleError),
    /// The file holds no rule that is known.
    #[error("{file} holds no rule of this set")]
    NoRule {
        /// The file.
        file: String,
    },
    /// Whatever Sigma could say would be another rule.
    #[error("nothing in Sigma comes near `{rule}`: {why}")]
    NothingNear {
        /// The rule's name.
        rule: String,
        /// What is missing.
        why: String,
    },
}

/// The fields among those of a text that we derive from an event's own.
fn derived_fields(text: &str) -> Vec<&'static str> {
    let words: Vec<&str> = words(text).collect();
    let derived = DERIVED.iter().copied();
    derived.filter(|field| words.contains(field)).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
}

const DERIVED: [&str; 7] = [
    "address",
    "agent_family",
    "credential",
    "hour",
    "minute",
    "network",
    "weekday",
];

#[cfg(test)]
mod tests;
