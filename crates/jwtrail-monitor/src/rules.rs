use std::path::{Path, PathBuf};

use jwtrail_detect::RuleSet;

use crate::MonitorError;

/// The shipped rules, or those in a directory.
pub(crate) fn load(directory: Option<&Path>) -> Result<RuleSet, MonitorError> {
    let Some(directory) = directory else {
        return Ok(RuleSet::embedded()?);
    };
    let mut files = Vec::new();
    for path in rule_files(directory)? {
        let text = std::fs::read_to_string(&path).map_err(|source| MonitorError::RuleFiles {
            path: path.clone(),
            source,
        })?;
        files.push((path.display().to_string(), text));
    }
    if files.is_empty() {
        return Err(MonitorError::NoRules {
            path: directory.to_owned(),
        });
    }
    let files = files.iter().map(|(name, text)| (&**name, &**text));
    Ok(RuleSet::parse(files)?)
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
        let error = load(Some(directory.path())).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, MonitorError::Rule(_)), "{error:?}");
        assert!(text.contains("mine.yml:"), "{text}");
    }

    #[test]
    fn an_empty_or_missing_directory_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("README.md"), "# Rules").unwrap();
        let error = load(Some(directory.path())).unwrap_err();
        assert!(matches!(error, MonitorError::NoRules { .. }), "{error:?}");
        let error = load(Some(&directory.path().join("none"))).unwrap_err();
        assert!(matches!(error, MonitorError::RuleFiles { .. }), "{error:?}");
    }

    #[test]
    fn the_shipped_rules_load() {
        assert!(load(None).unwrap().infos().len() > 0);
    }
}
