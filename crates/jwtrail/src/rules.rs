use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use jwtrail_detect::{RuleError, RuleSet, with_settings};

use crate::config::{self, RuleSections};
use crate::failure::Failure;

/// The rules of a directory, or those that are shipped.
pub(crate) fn load(directory: Option<&Path>) -> Result<RuleSet, Failure> {
    parse(&files(directory)?)
}

/// The rule files of a directory, or those that are shipped: name and text.
pub(crate) fn files(directory: Option<&Path>) -> Result<Vec<(String, String)>, Failure> {
    match directory {
        Some(directory) => in_directory(directory),
        None => {
            let shipped = RuleSet::embedded_files();
            Ok(shipped
                .map(|(file, text)| (file.to_owned(), text.to_owned()))
                .collect())
        }
    }
}

/// The rule files that a command is to use: those of `directory`, or of the configuration, or
/// the shipped ones; with the configuration's settings in the place of the defaults.
pub(crate) fn configured(
    directory: Option<&Path>,
    configuration: Option<&Path>,
) -> Result<Vec<(String, String)>, Failure> {
    let Some(path) = configuration else {
        return files(directory);
    };
    let configuration = config::load(Some(path))?;
    let directory = directory.or(configuration.serve.rules.as_deref());
    set(&files(directory)?, &configuration.rules).map_err(|failure| failure.in_file(path))
}

/// The same files, with settings in the place of the defaults.
pub(crate) fn set(
    files: &[(String, String)],
    settings: &RuleSections,
) -> Result<Vec<(String, String)>, Failure> {
    with_settings(borrowed(files), &settings.settings())
        .map_err(|error| Failure::usage(error.what()).remedy(error.remedy()))
}

/// The rules of these files with the settings of a configuration. Where only the settings make
/// a rule that is none, they are what is told of.
pub(crate) fn parse_set(
    files: &[(String, String)],
    settings: &RuleSections,
    configuration: &Path,
) -> Result<RuleSet, Failure> {
    let set = set(files, settings).map_err(|failure| failure.in_file(configuration))?;
    RuleSet::parse(borrowed(&set)).map_err(|error| match parse(files) {
        Ok(_) => Failure::usage("a setting under `[rules]` makes a rule that can't be used")
            .in_file(configuration)
            .because(&error)
            .remedy("change the setting; what is named is the rule's file with it in place"),
        Err(failure) => failure,
    })
}

/// One rule file, or those of a directory.
pub(crate) fn files_at(path: &Path) -> Result<Vec<(String, String)>, Failure> {
    if path.is_dir() {
        return in_directory(path);
    }
    Ok(vec![(path.to_string_lossy().into_owned(), text(path)?)])
}

/// The rules that these files hold.
pub(crate) fn parse(files: &[(String, String)]) -> Result<RuleSet, Failure> {
    RuleSet::parse(borrowed(files)).map_err(|error| refused(&error))
}

/// Refuses a name that no rule has.
pub(crate) fn all_there(rules: &RuleSet, names: &[String]) -> Result<(), Failure> {
    let Some(name) = names.iter().find(|name| rules.info(name).is_none()) else {
        return Ok(());
    };
    let known: Vec<&str> = rules.infos().map(|info| info.name.as_str()).collect();
    Err(Failure::usage(format!("no rule is called `{name}`"))
        .remedy(format!("known: {}", known.join(", "))))
}

/// The same files, as the library takes them.
pub(crate) fn borrowed(files: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    files
        .iter()
        .map(|(file, text)| (file.as_str(), text.as_str()))
}

fn in_directory(directory: &Path) -> Result<Vec<(String, String)>, Failure> {
    let paths = paths(directory)?;
    let read = |path: &PathBuf| Ok((path.to_string_lossy().into_owned(), text(path)?));
    paths.iter().map(read).collect()
}

/// The rule files of a directory, by name.
fn paths(directory: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(directory).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(|error| {
        Failure::usage("cannot read the directory of rules")
            .in_file(directory)
            .because(&error)
            .remedy("name a directory that holds rule files (*.yml)")
    })?;
    let mut files: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "yml" || e == "yaml"));
    files.sort();
    if files.is_empty() {
        return Err(Failure::usage("the directory holds no rule file (*.yml)").in_file(directory));
    }
    Ok(files)
}

fn text(path: &Path) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::usage("cannot read the rule file")
            .in_file(path)
            .because(&error)
    };
    let mut text = String::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_RULE_FILE + 1)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    if text.len() as u64 > MAX_RULE_FILE {
        let what = format!("a rule file has at most {MAX_RULE_FILE} bytes");
        return Err(Failure::usage(what).in_file(path));
    }
    Ok(text)
}

/// A rule's problems as a failure of ours.
pub(crate) fn refused(error: &RuleError) -> Failure {
    let mut problems = error.problems().iter();
    let Some(first) = problems.next() else {
        return Failure::usage(error.to_string());
    };
    problems.fold(
        Failure::usage(first.what.as_str())
            .at(Path::new(&first.file), first.line, 1)
            .remedy(first.remedy.as_str()),
        |failure, problem| failure.also(problem.to_string()),
    )
}

/// The longest rule file that is read, in bytes.
const MAX_RULE_FILE: u64 = 1024 * 1024;
