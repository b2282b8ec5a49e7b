use std::collections::BTreeMap;
use std::fmt;

use super::plain::Plain;
use crate::{CheckId, CheckOutcome, Finding, Grade, ScanReport, Severity};

/// What changed from one scan to another. Findings are the same by check, variant, operation and
/// sub-grade, not by their wording.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ScanDiff {
    /// The grades, before and after.
    pub grades: (Grade, Grade),
    /// The scores, before and after.
    pub scores: (u32, u32),
    /// Findings that were not there before.
    pub new: Vec<Finding>,
    /// Findings that are not there any more, though their check ran.
    pub fixed: Vec<Finding>,
    /// Findings that are not there any more since their check did not run: not fixed.
    pub not_verified: Vec<Finding>,
    /// Findings that are more or less severe than before.
    pub changed: Vec<Changed>,
    /// How many findings stayed as they were.
    pub unchanged: usize,
}

/// A finding of another severity than before.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Changed {
    /// How severe it was.
    pub before: Severity,
    /// As it is now.
    pub finding: Finding,
}

impl ScanDiff {
    /// Compares two scans, the older one first.
    #[must_use]
    pub fn between(before: &ScanReport, after: &ScanReport) -> Self {
        let known: BTreeMap<_, &Finding> = before
            .findings()
            .map(|finding| (key(finding), finding))
            .collect();
        let now: BTreeMap<_, &Finding> = after
            .findings()
            .map(|finding| (key(finding), finding))
            .collect();
        let mut diff = Self {
            grades: (before.grade, after.grade),
            scores: (before.score, after.score),
            new: Vec::new(),
            fixed: Vec::new(),
            not_verified: Vec::new(),
            changed: Vec::new(),
            unchanged: 0,
        };
        for (key, finding) in &now {
            match known.get(key) {
                None => diff.new.push((*finding).clone()),
                Some(old) if old.severity != finding.severity => diff.changed.push(Changed {
                    before: old.severity,
                    finding: (*finding).clone(),
                }),
                Some(_) => diff.unchanged += 1,
            }
        }
        for (key, finding) in &known {
            if now.contains_key(key) {
                continue;
            }
            let gone = if ran(after, finding) {
                &mut diff.fixed
            } else {
                &mut diff.not_verified
            };
            gone.push((*finding).clone());
        }
        diff
    }

    /// How many findings are new, or more severe than before.
    #[must_use]
    pub fn worse(&self) -> usize {
        let worse = self
            .changed
            .iter()
            .filter(|changed| changed.finding.severity > changed.before);
        self.new.len() + worse.count()
    }
}

/// Whether a scan looked where this finding was.
fn ran(report: &ScanReport, finding: &Finding) -> bool {
    let result = report
        .checks
        .iter()
        .find(|result| result.check == finding.check);
    let Some(result) =
        result.filter(|result| !matches!(result.outcome, CheckOutcome::NotVerified { .. }))
    else {
        return false;
    };
    let Some(operation) = &finding.operation else {
        return true;
    };
    let mut tried = result
        .operations
        .iter()
        .filter_map(|number| report.operations.get(*number));
    tried.any(|tried| tried.name == *operation)
}

fn key(finding: &Finding) -> (CheckId, String, String, &'static str) {
    let (check, variant, operation, grade) = finding.identity();
    (
        check,
        variant.to_owned(),
        operation.to_owned(),
        grade.as_str(),
    )
}

impl fmt::Display for ScanDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((before, after), (from, to)) = (self.grades, self.scores);
        writeln!(f, "{before} ({from}) -> {after} ({to})")?;
        for (title, findings) in [
            ("new", &self.new),
            ("fixed", &self.fixed),
            ("not verified any more", &self.not_verified),
        ] {
            for finding in findings {
                writeln!(f, "{title}: {}", Line(finding))?;
            }
        }
        for Changed { before, finding } in &self.changed {
            writeln!(f, "changed: {} (was {before})", Line(finding))?;
        }
        writeln!(f, "{} unchanged", self.unchanged)
    }
}

struct Line<'f>(&'f Finding);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding {
            check,
            variant,
            severity,
            operation,
            summary,
            ..
        } = self.0;
        write!(f, "{severity} {check}")?;
        if !variant.is_empty() {
            write!(f, "/{}", Plain(variant))?;
        }
        if let Some(operation) = operation {
            write!(f, " {}", Plain(operation))?;
        }
        write!(f, ": {}", Plain(summary))
    }
}

/// The findings of an older report, which a gate lets pass.
#[derive(Clone, Debug)]
pub struct Baseline {
    known: BTreeMap<(CheckId, String, String, &'static str), Severity>,
}

impl Baseline {
    /// The findings of this report.
    #[must_use]
    pub fn of(report: &ScanReport) -> Self {
        let known = report
            .findings()
            .map(|finding| (key(finding), finding.severity));
        Self {
            known: known.collect(),
        }
    }

    /// Whether a finding was there before, and not milder.
    #[must_use]
    pub fn has(&self, finding: &Finding) -> bool {
        self.known
            .get(&key(finding))
            .is_some_and(|before| *before >= finding.severity)
    }

    /// The findings of a report that were not.
    pub fn new_in<'r>(&self, report: &'r ScanReport) -> impl Iterator<Item = &'r Finding> {
        report.findings().filter(|finding| !self.has(finding))
    }
}
