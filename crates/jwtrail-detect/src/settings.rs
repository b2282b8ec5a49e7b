use std::collections::BTreeMap;

use crate::Severity;

/// What somebody wants of one rule in the place of its defaults.
///
/// ```
/// use jwtrail_detect::{RuleSet, RuleSettings};
///
/// let mut eight = RuleSettings::default();
/// eight.threshold = Some(8);
/// let settings = [("token-repeated-rejections".to_owned(), eight)].into();
/// let files = jwtrail_detect::with_settings(RuleSet::embedded_files(), &settings)?;
/// let rules = RuleSet::parse(files.iter().map(|(file, text)| (&**file, &**text)))?;
/// assert_eq!(rules.info("token-repeated-rejections").unwrap().threshold, 8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleSettings {
    /// How bad it is when it fires.
    pub level: Option<Severity>,
    /// How many it takes.
    pub threshold: Option<u64>,
    /// How many distinct values it takes.
    pub distinct: Option<u64>,
    /// Which share it takes, of a hundred.
    pub percent: Option<u64>,
    /// How many it takes at the least, whatever the baseline says.
    pub floor: Option<u64>,
    /// How many deviations above the baseline it takes.
    pub deviations: Option<u64>,
    /// The window, such as `10m`.
    pub window: Option<String>,
    /// How long it has to be quiet until an episode ends, such as `10m`.
    pub quiet: Option<String>,
}

impl RuleSettings {
    /// Each value that is set, with its name.
    fn values(&self) -> impl Iterator<Item = (&'static str, String)> {
        let number = |number: Option<u64>| number.map(|number| number.to_string());
        [
            ("level", self.level.map(|level| level.to_string())),
            ("threshold", number(self.threshold)),
            ("distinct", number(self.distinct)),
            ("percent", number(self.percent)),
            ("floor", number(self.floor)),
            ("deviations", number(self.deviations)),
            ("window", self.window.clone()),
            ("quiet", self.quiet.clone()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}

/// Rule files, as (file name, text) pairs, with somebody's settings in the place of the
/// defaults. A setting is for the rule, or the part of a rule, that has its name.
///
/// ```
/// use jwtrail_detect::{RuleSettings, with_settings};
///
/// let settings = [("mine".to_owned(), RuleSettings::default())].into();
/// let error = with_settings([("other.yml", "name: other")], &settings).unwrap_err();
/// assert_eq!(error.what(), "`[rules.mine]` names no rule");
/// ```
///
/// # Errors
/// When no rule has a name that is set, or a rule has no such value.
pub fn with_settings<'t>(
    files: impl IntoIterator<Item = (&'t str, &'t str)>,
    settings: &BTreeMap<String, RuleSettings>,
) -> Result<Vec<(String, String)>, RuleSettingError> {
    let mut unknown: Vec<&str> = settings.keys().map(String::as_str).collect();
    let mut known = Vec::new();
    let mut changed = Vec::new();
    for (file, text) in files {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut same = true;
        for (name, range) in documents(&lines) {
            if let Some(wanted) = settings.get(&name) {
                unknown.retain(|other| *other != name);
                same = false;
                for (key, value) in wanted.values() {
                    set(&name, &mut lines, range.clone(), key, &value)?;
                }
            }
            known.push(name);
        }
        let text = if same {
            text.to_owned()
        } else {
            lines.join("\n") + "\n"
        };
        changed.push((file.to_owned(), text));
    }
    match unknown.first() {
        None => Ok(changed),
        Some(rule) => Err(RuleSettingError {
            what: format!("`[rules.{rule}]` names no rule"),
            remedy: format!("known: {}", known.join(", ")),
        }),
    }
}

/// A setting that can't be.
///
/// ```
/// use jwtrail_detect::{RuleSettings, with_settings};
///
/// let mut settings = RuleSettings::default();
/// settings.percent = Some(90);
/// let settings = [("mine".to_owned(), settings)].into();
/// let error = with_settings([("mine.yml", "name: mine\nlevel: low")], &settings).unwrap_err();
/// assert_eq!(error.remedy(), "it has: level");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}; {remedy}")]
pub struct RuleSettingError {
    what: String,
    remedy: String,
}

impl RuleSettingError {
    /// The rule that was named, and what is wrong.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &str {
        &self.remedy
    }
}

/// The documents of a file by their `name`, each with its lines.
fn documents(lines: &[String]) -> Vec<(String, std::ops::Range<usize>)> {
    let mut starts = vec![0];
    starts.extend((0..).zip(lines).filter_map(|(at, line)| {
        let divides = line.trim_end() == "---";
        divides.then_some(at + 1)
    }));
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    let ranges = starts.iter().copied().zip(ends).map(|(from, to)| from..to);
    ranges
        .filter_map(|range| {
            let name = lines
                .get(range.clone())?
                .iter()
                .find_map(|line| line.strip_prefix("name:"))?;
            Some((name.trim().to_owned(), range))
        })
        .collect()
}

/// Puts a value in the place of the one that a document has: its line stays where it is, so that
/// problems are told with the file's own lines.
fn set(
    rule: &str,
    lines: &mut [String],
    range: std::ops::Range<usize>,
    key: &str,
    value: &str,
) -> Result<(), RuleSettingError> {
    let document = lines.get_mut(range).unwrap_or_default();
    let Some(line) = place(document, key) else {
        let others = PLACES.iter().map(|(name, ..)| *name);
        let mut others: Vec<&str> = others.filter(|name| has(document, name)).collect();
        others.dedup();
        return Err(RuleSettingError {
            what: format!("`[rules.{rule}]`: the rule has no `{key}`"),
            remedy: format!("it has: {}", others.join(", ")),
        });
    };
    if let Some((before, _)) = line.split_once(':') {
        *line = format!("{before}: {value}");
    }
    Ok(())
}

fn has(document: &mut [String], key: &str) -> bool {
    place(document, key).is_some()
}

/// The line that says a value.
fn place<'l>(document: &'l mut [String], key: &str) -> Option<&'l mut String> {
    let mut block = String::new();
    let mut found = None;
    for (at, line) in document.iter().enumerate() {
        if line.starts_with(char::is_alphabetic) {
            block = line.split(':').next().unwrap_or_default().to_owned();
        }
        let says = |(name, within, text): &&(&str, &str, &str)| {
            *name == key && *within == block && line.starts_with(text)
        };
        if PLACES.iter().any(|place| says(&place)) {
            found = Some(at);
            break;
        }
    }
    document.get_mut(found?)
}

/// What can be set, the block in which it stands, and how its line begins.
const PLACES: &[(&str, &str, &str)] = &[
    ("level", "level", "level:"),
    ("threshold", "correlation", "    gte:"),
    ("threshold", "native", "  threshold:"),
    ("distinct", "native", "  distinct:"),
    ("percent", "native", "  percent:"),
    ("floor", "native", "  floor:"),
    ("deviations", "native", "  deviations:"),
    ("window", "correlation", "  timespan:"),
    ("window", "native", "  window:"),
    ("quiet", "jwtrail", "  quiet:"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleSet;

    fn changed(name: &str, settings: RuleSettings) -> Result<RuleSet, String> {
        let settings = [(name.to_owned(), settings)].into();
        let shipped = RuleSet::embedded_files();
        let files = with_settings(shipped, &settings).map_err(|e| e.what().to_owned())?;
        let files = files.iter().map(|(file, text)| (&**file, &**text));
        RuleSet::parse(files).map_err(|e| e.to_string())
    }

    #[test]
    fn each_value_takes_the_place_of_the_default() {
        let rules = changed(
            "key-probing",
            RuleSettings {
                level: Some(Severity::Low),
                threshold: Some(7),
                window: Some("3m".to_owned()),
                quiet: Some("20m".to_owned()),
                ..RuleSettings::default()
            },
        )
        .unwrap();
        let info = rules.info("key-probing").unwrap();
        assert_eq!((info.severity, info.threshold), (Severity::Low, 7));
        assert_eq!((info.window_seconds, info.quiet_seconds), (180, 1_200));
        let other = RuleSet::embedded().unwrap();
        let other = other.info("key-probing").unwrap();
        assert_ne!(
            info.version, other.version,
            "an alert tells which was in force"
        );
    }

    #[test]
    fn a_value_that_the_rule_cannot_have_is_refused_with_its_line() {
        let many = RuleSettings {
            threshold: Some(513),
            ..RuleSettings::default()
        };
        let error = changed("key-probing", many).unwrap_err();
        assert!(
            error.starts_with("key-probing.yml:50: 512 entries"),
            "{error}"
        );
        let none = RuleSettings {
            percent: Some(9),
            ..RuleSettings::default()
        };
        let error = changed("key-probing", none).unwrap_err();
        assert_eq!(error, "`[rules.key-probing]`: the rule has no `percent`");
    }

    #[test]
    fn a_part_of_a_rule_is_set_by_its_own_name() {
        let settings = RuleSettings {
            level: Some(Severity::Low),
            ..RuleSettings::default()
        };
        let settings = [("part".to_owned(), settings)].into();
        let text = "name: part\nlevel: high\n---\nname: whole\nlevel: high\n";
        let files = with_settings([("a.yml", text)], &settings).unwrap();
        assert_eq!(
            files[0].1,
            "name: part\nlevel: low\n---\nname: whole\nlevel: high\n"
        );
    }
}
