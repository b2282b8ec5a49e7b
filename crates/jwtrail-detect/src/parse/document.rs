use std::cell::OnceCell;

use rsigma_parser::{SigmaCollection, Timespan, parse_sigma_yaml};
use yaml_serde::{Mapping, Value};

use super::nearest::instead_of;
use super::refused::Refused;
use super::{Problems, about};
use crate::rule_error::RuleProblem;

/// One YAML document of a file, with the means to say where something stands.
#[derive(Debug)]
pub(crate) struct Document<'t> {
    file: &'t str,
    text: String,
    /// The line before the document's first; `text` has so many blank ones, so that every
    /// parser's line numbers are the file's.
    offset: usize,
    root: Mapping,
    /// What Sigma's parser made of it: how deep it goes depends on where it is called from.
    sigma: OnceCell<Result<SigmaCollection, RuleProblem>>,
}

/// The documents of a file, blank ones left out.
pub(crate) fn documents<'t>(file: &'t str, text: &str) -> Result<Vec<Document<'t>>, Problems> {
    let mut parts: Vec<(usize, String)> = vec![(0, String::new())];
    for (number, line) in text.lines().enumerate() {
        if line.trim_end() == "---" {
            parts.push((number + 1, String::new()));
        } else if let Some((_, part)) = parts.last_mut() {
            part.push_str(line);
            part.push('\n');
        }
    }
    let mut problems = Problems::default();
    let documents = parts
        .into_iter()
        .filter(|(_, part)| part.lines().any(is_content))
        .map(|(offset, part)| Document::new(file, offset, "\n".repeat(offset) + &part))
        .filter_map(|document| problems.take(document))
        .collect();
    if problems.is_empty() {
        Ok(documents)
    } else {
        Err(problems)
    }
}

fn is_content(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}

impl<'t> Document<'t> {
    fn new(file: &'t str, offset: usize, text: String) -> Result<Self, RuleProblem> {
        let problem = |line: usize, what: String| RuleProblem {
            file: file.to_owned(),
            line,
            what,
            remedy: "write a YAML mapping, see the shipped rules".to_owned(),
        };
        match yaml_serde::from_str::<Value>(&text) {
            Ok(Value::Mapping(root)) => Ok(Self {
                file,
                text,
                offset,
                root,
                sigma: OnceCell::new(),
            }),
            Ok(_) => Err(problem(offset + 1, "not a mapping".to_owned())),
            Err(error) => {
                let line = error.location().map_or(1, |location| location.line());
                Err(problem(line.max(offset + 1), format!("not YAML: {error}")))
            }
        }
    }

    /// The document as Sigma.
    pub(super) fn sigma(&self) -> Result<&SigmaCollection, RuleProblem> {
        let parsed = self.sigma.get_or_init(|| self.parse_sigma());
        parsed.as_ref().map_err(Clone::clone)
    }

    fn parse_sigma(&self) -> Result<SigmaCollection, RuleProblem> {
        let refused = |words: &str| {
            // It is told of in one way, whoever comes upon it.
            if words.contains("invalid level")
                && let Err(problem) = about::severity(self, &["level"])
            {
                return problem;
            }
            let refused = Refused::new(words, self.has("correlation"));
            self.problem(refused.path, refused.what, refused.remedy)
        };
        let collection = parse_sigma_yaml(&self.text).map_err(|e| refused(&e.to_string()))?;
        match collection.errors.first() {
            Some(error) => Err(refused(error)),
            None => Ok(collection),
        }
    }

    pub(super) const fn file(&self) -> &'t str {
        self.file
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.root.contains_key(key)
    }

    pub(crate) fn has_at(&self, path: &[&str]) -> bool {
        self.value(path).is_some()
    }

    /// Whether it says how events add up, and not only which ones.
    pub(super) fn adds_up(&self) -> bool {
        self.has("correlation") || self.has("native")
    }

    pub(super) fn problem(&self, path: &[&str], what: String, remedy: &str) -> RuleProblem {
        RuleProblem {
            file: self.file.to_owned(),
            line: self.line(path),
            what,
            remedy: remedy.to_owned(),
        }
    }

    /// The line of the last key of a path that can be found.
    fn line(&self, path: &[&str]) -> usize {
        let mut at = self.offset;
        for key in path {
            let found = self.text.lines().enumerate().skip(at).find(|(_, line)| {
                let line = line.trim_start().trim_start_matches("- ");
                line.strip_prefix(key)
                    .is_some_and(|rest| rest.starts_with([':', '|']))
            });
            match found {
                Some((number, _)) => at = number,
                None => break,
            }
        }
        at + 1
    }

    /// Refuses keys that nobody would read.
    pub(super) fn only(&self, path: &[&str], known: &[&str]) -> Result<(), RuleProblem> {
        self.unknown(path, known).next().map_or(Ok(()), Err)
    }

    /// The keys that nobody would read.
    pub(super) fn unknown(
        &self,
        path: &[&str],
        known: &[&str],
    ) -> impl Iterator<Item = RuleProblem> {
        let keys = self.map(path).into_iter().flat_map(Mapping::keys);
        let names = keys.map(|key| key.as_str().unwrap_or(""));
        names.filter(|name| !known.contains(name)).map(|name| {
            let place: Vec<&str> = path.iter().copied().chain([name]).collect();
            self.problem(
                &place,
                format!("unknown key `{name}`"),
                &instead_of(name, known),
            )
        })
    }

    fn map(&self, path: &[&str]) -> Option<&Mapping> {
        path.iter().try_fold(&self.root, |map, key| {
            map.get(*key).and_then(Value::as_mapping)
        })
    }

    /// What stands somewhere, as YAML has it.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Value> {
        self.value(path)
    }

    /// Its selections as text.
    pub(crate) fn selections(&self) -> String {
        self.part("detection")
    }

    /// What it says of how events add up, as text.
    pub(crate) fn counted(&self) -> String {
        self.part("correlation")
    }

    fn part(&self, key: &str) -> String {
        let part = self.value(&[key]).map(yaml_serde::to_string);
        // What was YAML is YAML again.
        part.and_then(Result::ok).unwrap_or_default()
    }

    fn value(&self, path: &[&str]) -> Option<&Value> {
        let (last, parents) = path.split_last()?;
        self.map(parents)?.get(*last)
    }

    pub(crate) fn text(&self, path: &[&str]) -> Result<&str, RuleProblem> {
        let text = self.value(path).and_then(Value::as_str).map(str::trim);
        text.filter(|text| !text.is_empty()).ok_or_else(|| {
            let name = path.join(".");
            self.problem(path, format!("`{name}` is missing"), "give it some text")
        })
    }

    pub(crate) fn optional_text(&self, path: &[&str]) -> Option<&str> {
        self.value(path).and_then(Value::as_str)
    }

    pub(super) fn texts(&self, path: &[&str]) -> Result<Vec<String>, RuleProblem> {
        let list = self.value(path).and_then(Value::as_sequence);
        let texts: Option<Vec<String>> = list.and_then(|list| {
            let own = |value: &Value| value.as_str().map(|text| text.trim().to_owned());
            list.iter().map(own).collect()
        });
        texts.filter(|list| !list.is_empty()).ok_or_else(|| {
            let what = format!("`{}` is missing", path.join("."));
            self.problem(path, what, "give it a list with one text at least")
        })
    }

    /// One text or several; none where there is nothing.
    pub(crate) fn list(&self, path: &[&str]) -> Result<Vec<String>, RuleProblem> {
        match self.value(path) {
            None => Ok(Vec::new()),
            Some(Value::String(one)) => Ok(vec![one.trim().to_owned()]),
            Some(_) => self.texts(path),
        }
    }

    pub(crate) fn number(&self, path: &[&str]) -> Result<usize, RuleProblem> {
        let number = self.value(path).and_then(Value::as_u64);
        let number = number.and_then(|number| usize::try_from(number).ok());
        number.filter(|number| *number > 0).ok_or_else(|| {
            let name = path.join(".");
            let what = match self.has_at(path) {
                true => format!("`{name}` is not a number above 0"),
                false => format!("`{name}` is missing"),
            };
            self.problem(path, what, "give it a whole number from 1")
        })
    }

    pub(super) fn flag(&self, path: &[&str]) -> Result<bool, RuleProblem> {
        match self.value(path) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => {
                let what = format!("`{}` is neither true nor false", path.join("."));
                Err(self.problem(path, what, "write true or false"))
            }
        }
    }

    /// Milliseconds.
    pub(super) fn duration(&self, path: &[&str]) -> Result<i64, RuleProblem> {
        let text = self.text(path)?;
        let span = Timespan::parse(text).ok();
        self.millis(path, span.map(|span| span.seconds))
    }

    /// Milliseconds out of seconds, if there are some and not too many.
    pub(super) fn millis(&self, path: &[&str], seconds: Option<u64>) -> Result<i64, RuleProblem> {
        seconds
            .filter(|seconds| (1..=MAX_SECONDS).contains(seconds))
            .and_then(|seconds| i64::try_from(seconds * 1_000).ok())
            .ok_or_else(|| {
                let what = format!("`{}` is not a span of time", path.join("."));
                self.problem(
                    path,
                    what,
                    "write it like 90s, 10m, 1h or 14d, at most 366d",
                )
            })
    }
}

const MAX_SECONDS: u64 = 366 * 86_400;
