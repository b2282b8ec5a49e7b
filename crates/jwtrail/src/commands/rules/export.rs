use std::path::PathBuf;

use clap::Args;
use jwtrail_detect::{ExportedRule, NotExportable, RuleSet, export_rule};

use crate::failure::Failure;
use crate::{output, rules};

/// Write rules in Sigma, for other tools
///
/// A portable rule comes as it is. One that Sigma can't say is left out, or refused where it is
/// named: with --approximate it comes as what Sigma can say of it, and what is lost is told here
/// and at the head of its file. Of some nothing near can be said.
///
/// Exit codes: 0 success; 2 a rule that cannot be read, is not there, or is named and not to be had
/// so; 4 the output could not be written.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// Rules in the place of the shipped ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// The configuration whose settings of rules take the place of the defaults
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Only this rule; again for another
    #[arg(long, value_name = "NAME")]
    rule: Vec<String>,
    /// What comes near it, where Sigma can't say a rule
    #[arg(long)]
    approximate: bool,
    /// Write a file for each rule into this directory; to stdout if it isn't given
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Export {
    pub(super) fn run(self) -> Result<(), Failure> {
        let files = rules::configured(self.rules.as_deref(), self.config.as_deref())?;
        let set = rules::parse(&files)?;
        rules::all_there(&set, &self.rule)?;
        let mut exported = Vec::new();
        for (file, text) in rules::borrowed(&files) {
            exported.extend(self.one(file, text, &set)?);
        }
        if let Some(directory) = &self.output {
            std::fs::create_dir_all(directory).map_err(|error| {
                Failure::usage("cannot make the directory")
                    .in_file(directory)
                    .because(&error)
            })?;
            for rule in &exported {
                let path = directory.join(format!("{}.yml", rule.name));
                output::write_file(&path, &rule.text)?;
            }
            return Ok(());
        }
        let texts: Vec<&str> = exported.iter().map(|rule| rule.text.as_str()).collect();
        output::print(&texts.join("---\n"))
    }

    /// The rule of a file, if it is asked for and to be had.
    fn one(&self, file: &str, text: &str, set: &RuleSet) -> Result<Option<ExportedRule>, Failure> {
        let asked = |name: &str| self.rule.iter().any(|asked| asked == name);
        match export_rule(file, text, set) {
            Ok(rule) if !self.rule.is_empty() && !asked(&rule.name) => Ok(None),
            Ok(rule) if rule.losses.is_empty() => Ok(Some(rule)),
            Ok(rule) if self.approximate => {
                for loss in &rule.losses {
                    output::warn(&format!("{}: lost: {loss}", rule.name));
                }
                Ok(Some(rule))
            }
            Ok(rule) => {
                let what = format!("Sigma can't say all of `{}`", rule.name);
                let failure = Failure::usage(&what)
                    .remedy("--approximate writes what comes near it, with these losses");
                if asked(&rule.name) {
                    let losses = rule.losses.into_iter();
                    return Err(losses.fold(failure, Failure::also));
                }
                output::warn(&format!("{what}: it is left out without --approximate"));
                Ok(None)
            }
            Err(NotExportable::NothingNear { rule, why }) => {
                let what = format!("nothing in Sigma comes near `{rule}`: {why}");
                if asked(&rule) {
                    return Err(Failure::usage(what));
                }
                if self.rule.is_empty() {
                    output::warn(&what);
                }
                Ok(None)
            }
            // Parts that other files refer to.
            Err(NotExportable::NoRule { .. }) => Ok(None),
            Err(other) => Err(Failure::usage(other.to_string())),
        }
    }
}
