use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::{Value, json};

use super::expected::Expected;
use super::service::Service;

/// What a scan found, beside what it must find.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    /// How many things had to be found or noted.
    expected: usize,
    missed: Vec<String>,
    unexpected: Vec<String>,
    /// Grades that are not as they must be.
    wrong: Vec<String>,
    enforcement: String,
    evidence: String,
}

/// The variants that were found, by check and half of the grade, each with what it says.
type Found = BTreeMap<(String, String), BTreeMap<String, String>>;

impl Comparison {
    pub(super) fn new(expected: &Expected, report: &Value) -> Self {
        let text = |key: &str| report.get(key).and_then(Value::as_str).unwrap_or("none");
        let mut comparison = Self {
            expected: expected.findings.len() + expected.notes.len(),
            enforcement: text("enforcement").to_owned(),
            evidence: text("evidence").to_owned(),
            ..Self::default()
        };
        comparison.grade("enforcement", expected.enforcement.as_deref());
        comparison.grade("evidence", expected.evidence.as_deref());
        let (found, notes) = read(report);
        comparison.findings(expected, &found);
        for note in &expected.notes {
            let noted = notes
                .iter()
                .any(|(check, text)| *check == note.check && text.contains(&note.says));
            if !noted {
                let missed = format!("{}: a note that says `{}`", note.check, note.says);
                comparison.missed.push(missed);
            }
        }
        comparison
    }

    fn grade(&mut self, half: &str, expected: Option<&str>) {
        let found = match half {
            "enforcement" => &self.enforcement,
            _ => &self.evidence,
        };
        if let Some(expected) = expected
            && expected != found
        {
            self.wrong
                .push(format!("{half} is {found}, not {expected}"));
        }
    }

    fn findings(&mut self, expected: &Expected, found: &Found) {
        let mut wanted = BTreeSet::new();
        for finding in &expected.findings {
            let key = (finding.check.clone(), finding.half.clone());
            let name = format!("{} ({})", finding.check, finding.half);
            match found.get(&key) {
                None => self.missed.push(format!("{name}: {}", finding.why)),
                Some(variants) => {
                    let missing = finding.variants.iter();
                    let missing = missing.filter(|variant| !variants.contains_key(*variant));
                    let missing: Vec<&str> = missing.map(String::as_str).collect();
                    if !missing.is_empty() {
                        let missing = missing.join(", ");
                        self.missed.push(format!("{name}: the variants {missing}"));
                    }
                }
            }
            wanted.insert(key);
        }
        for ((check, half), variants) in found {
            if !wanted.contains(&(check.clone(), half.clone())) {
                for (variant, summary) in variants {
                    let name = format!("{check}/{variant} ({half})");
                    self.unexpected.push(format!("{name}: {summary}"));
                }
            }
        }
    }

    pub(super) fn good(&self) -> bool {
        self.missed.is_empty() && self.unexpected.is_empty() && self.wrong.is_empty()
    }

    pub(super) fn json(&self, service: &Service) -> Value {
        json!({
            "name": service.name,
            "about": service.about,
            "expected": self.expected,
            "missed": self.missed,
            "unexpected": self.unexpected,
            "wrong_grades": self.wrong,
            "enforcement": self.enforcement,
            "evidence": self.evidence,
        })
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, list) in [
            ("missed", &self.missed),
            ("unexpected", &self.unexpected),
            ("wrong", &self.wrong),
        ] {
            for line in list {
                writeln!(f, "  {name}: {line}")?;
            }
        }
        writeln!(
            f,
            "  {} expected, {} missed, {} unexpected; enforcement {}, evidence {}",
            self.expected,
            self.missed.len(),
            self.unexpected.len(),
            self.enforcement,
            self.evidence
        )
    }
}

/// The findings and the notes of a report.
fn read(report: &Value) -> (Found, Vec<(String, String)>) {
    let list = |value: &Value, key: &str| -> Vec<Value> {
        let list = value.get(key).and_then(Value::as_array);
        list.cloned().unwrap_or_default()
    };
    let text = |value: &Value, key: &str| -> String {
        let text = value.get(key).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let (mut found, mut notes) = (Found::new(), Vec::new());
    for check in list(report, "checks") {
        let name = text(&check, "check");
        for finding in list(&check, "findings") {
            let key = (text(&finding, "check"), text(&finding, "grade"));
            let variants = found.entry(key).or_default();
            variants.insert(text(&finding, "variant"), text(&finding, "summary"));
        }
        for note in list(&check, "notes") {
            notes.push((name.clone(), note.as_str().unwrap_or_default().to_owned()));
        }
    }
    (found, notes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected() -> Expected {
        let text = r#"
            evidence = "F"
            [[finding]]
            check = "CLM-03"
            half = "enforcement"
            variants = ["no-exp"]
            why = "it says so"
            [[finding]]
            check = "LOG-01"
            half = "evidence"
            why = "measured"
            [[note]]
            check = "SIG-01"
            says = "422"
        "#;
        toml::from_str(text).unwrap()
    }

    fn report(findings: &[(&str, &str, &str)], note: &str) -> Value {
        let findings: Vec<Value> = findings
            .iter()
            .map(|(check, grade, variant)| {
                json!({"check": check, "grade": grade, "variant": variant, "summary": "s"})
            })
            .collect();
        json!({
            "enforcement": "B",
            "evidence": "F",
            "checks": [{"check": "SIG-01", "findings": findings, "notes": [note]}],
        })
    }

    #[test]
    fn all_that_must_be_found_and_nothing_else_is_good() {
        let found = [
            ("CLM-03", "enforcement", "no-exp"),
            ("CLM-03", "enforcement", "year-9999"),
            ("LOG-01", "evidence", "200"),
        ];
        let comparison = Comparison::new(&expected(), &report(&found, "refused with 422"));
        assert!(comparison.good(), "{comparison}");
    }

    #[test]
    fn what_is_missed_and_what_is_too_much_is_named() {
        let found = [
            ("CLM-03", "enforcement", "string"),
            ("LOG-01", "enforcement", ""),
        ];
        let mut expected = expected();
        expected.enforcement = Some("A".to_owned());
        let comparison = Comparison::new(&expected, &report(&found, "refused with 401"));
        assert_eq!(
            comparison.missed,
            [
                "CLM-03 (enforcement): the variants no-exp",
                "LOG-01 (evidence): measured",
                "SIG-01: a note that says `422`",
            ]
        );
        assert_eq!(comparison.unexpected, ["LOG-01/ (enforcement): s"]);
        assert_eq!(comparison.wrong, ["enforcement is B, not A"]);
    }
}
