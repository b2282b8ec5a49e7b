use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jwtrail_detect::{RuleSet, RuleSettings, with_settings};

use super::RuleTexts;
use crate::MonitorError;

/// The texts of the shipped rules, or of those in a directory, and what becomes of them.
pub(crate) fn load(
    directory: Option<&Path>,
    settings: &BTreeMap<String, RuleSettings>,
) -> Result<(RuleTexts, RuleSet), MonitorError> {
    let files = match directory {
        Some(directory) => read(directory)?,
        None => {
            let shipped = RuleSet::embedded_files();
            let owned = shipped.map(|(name, text)| (name.to_owned(), text.to_owned()));
            owned.collect::<Vec<_>>()
        }
    };
    let files = files.iter().map(|(name, text)| (&**name, &**text));
    let texts = RuleTexts::new(with_settings(files, settings)?);
    let set = texts.parse(directory)?;
    Ok((texts, set))
}

/// What tells whether a directory may have changed: names, sizes and times.
pub(super) fn glance(directory: &Path) -> Result<Vec<Glance>, MonitorError> {
    let paths = rule_files(directory)?.into_iter();
    paths
        .map(|path| {
            let about = std::fs::metadata(&path);
            let about = about.map_err(|source| MonitorError::RuleFiles {
                path: path.clone(),
                source,
            })?;
            Ok((path, about.len(), about.modified().ok()))
        })
        .collect()
}

pub(super) type Glance = (PathBuf, u64, Option<std::time::SystemTime>);

fn read(directory: &Path) -> Result<Vec<(String, String)>, MonitorError> {
    let mut files = Vec::new();
    for path in rule_files(directory)? {
        let text = std::fs::read_to_string(&path).map_err(|source| MonitorError::RuleFiles {
            path: path.clone(),
            source,
        })?;
        let name = path.file_name().unwrap_or_default();
        files.push((name.to_string_lossy().into_owned(), text));
    }
    if files.is_empty() {
        return Err(MonitorError::NoRules {
            path: directory.to_owned(),
        });
    }
    Ok(files)
}

fn rule_files(directory: &Path) -> Result<Vec<PathBuf>, MonitorError> {
    let failed = |source| MonitorError::RuleFiles {
        path: directory.to_owned(),
        source,
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let yaml = path
            .extension()
            .is_some_and(|it| it == "yml" || it == "yaml");
        if yaml && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_rule_file_is_named_with_its_line() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("mine.yml"), "title: [").unwrap();
        let error = load(Some(directory.path()), &BTreeMap::new()).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, MonitorError::Rule(_)), "{error:?}");
        assert!(text.contains("mine.yml:"), "{text}");
    }

    #[test]
    fn an_empty_or_missing_directory_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("README.md"), "# Rules").unwrap();
        let error = load(Some(directory.path()), &BTreeMap::new()).unwrap_err();
        assert!(matches!(error, MonitorError::NoRules { .. }), "{error:?}");
        let error = load(Some(&directory.path().join("none")), &BTreeMap::new()).unwrap_err();
        assert!(matches!(error, MonitorError::RuleFiles { .. }), "{error:?}");
    }

    #[test]
    fn the_shipped_rules_load() {
        assert!(load(None, &BTreeMap::new()).unwrap().1.infos().len() > 0);
    }

    #[test]
    fn a_setting_takes_the_place_of_a_default() {
        let mut settings = RuleSettings::default();
        settings.threshold = Some(7);
        let named = |name: &str| [(name.to_owned(), settings.clone())].into();
        let (texts, set) = load(None, &named("key-probing")).unwrap();
        assert_eq!(set.info("key-probing").unwrap().threshold, 7);
        let (shipped, _) = load(None, &BTreeMap::new()).unwrap();
        assert_ne!(texts.hash(), shipped.hash(), "it is another set");
        let error = load(None, &named("key-probbing")).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("`[rules.key-probbing]` names no rule; known: ")
        );
    }
}
