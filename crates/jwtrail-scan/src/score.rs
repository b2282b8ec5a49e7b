use std::collections::BTreeMap;

use crate::check::CheckId;
use crate::finding::Finding;
use crate::report::Grade;
use crate::severity::{Severity, SubGrade};

/// A score and the grades that follow from it, so that anyone can compute them again.
///
/// A hundred, less for each check that failed, once and by its worst finding: critical 25, high
/// 10, medium 4, low 1. A is 90 and more, B 80, C 70, D 60, F the rest. One critical check caps a
/// grade at D, two make it F. Where no log was looked at, nothing is better than C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Score {
    /// Of a hundred.
    pub points: u32,
    /// Of all findings.
    pub grade: Grade,
    /// Of those about the answers.
    pub enforcement: Grade,
    /// Of those about the trail; no better than C where none was looked at.
    pub evidence: Grade,
}

impl Score {
    /// The score of these findings.
    pub fn of<'f>(findings: impl Iterator<Item = &'f Finding> + Clone, log_seen: bool) -> Self {
        let half =
            |half: SubGrade| worst(findings.clone().filter(move |found| found.grade == half));
        let all = worst(findings.clone());
        let cap = |grade: Grade| if log_seen { grade } else { grade.max(Grade::C) };
        Self {
            points: points(&all),
            grade: cap(grade(&all)),
            enforcement: grade(&half(SubGrade::Enforcement)),
            evidence: cap(grade(&half(SubGrade::Evidence))),
        }
    }
}

type Worst = BTreeMap<CheckId, Severity>;

fn worst<'f>(findings: impl Iterator<Item = &'f Finding>) -> Worst {
    let mut worst = Worst::new();
    for finding in findings {
        let severity = worst.entry(finding.check).or_insert(finding.severity);
        *severity = (*severity).max(finding.severity);
    }
    worst
}

fn points(worst: &Worst) -> u32 {
    let lost: u32 = worst.values().map(|severity| severity.points()).sum();
    100_u32.saturating_sub(lost)
}

fn grade(worst: &Worst) -> Grade {
    let by_points = match points(worst) {
        90.. => Grade::A,
        80..90 => Grade::B,
        70..80 => Grade::C,
        60..70 => Grade::D,
        0..60 => Grade::F,
    };
    let critical = worst
        .values()
        .filter(|severity| **severity == Severity::Critical);
    let cap = match critical.count() {
        0 => Grade::A,
        1 => Grade::D,
        2.. => Grade::F,
    };
    by_points.max(cap)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(found: &[(CheckId, Severity, SubGrade)], log_seen: bool) -> Score {
        let findings: Vec<Finding> = found
            .iter()
            .map(|(check, severity, grade)| {
                let mut finding = Finding::new(*check, "");
                (finding.severity, finding.grade) = (*severity, *grade);
                finding
            })
            .collect();
        Score::of(findings.iter(), log_seen)
    }

    use CheckId::{Aut01, Log01, Log02, Rte01, Sig01};
    use Severity::{Critical, High, Low, Medium};
    use SubGrade::{Enforcement, Evidence};

    #[test]
    fn a_check_counts_once_by_its_worst() {
        let found = [
            (Rte01, High, Enforcement),
            (Rte01, Low, Enforcement),
            (Log02, Medium, Evidence),
        ];
        let score = score(&found, true);
        assert_eq!((score.points, score.grade), (86, Grade::B));
        assert_eq!((score.enforcement, score.evidence), (Grade::A, Grade::A));
    }

    #[test]
    fn one_critical_is_d_and_two_are_f() {
        let one = [(Sig01, Critical, Enforcement)];
        assert_eq!(score(&one, true).grade, Grade::D);
        let two = [(Sig01, Critical, Enforcement), (Log01, Critical, Evidence)];
        let score = score(&two, true);
        assert_eq!((score.grade, score.points), (Grade::F, 50));
        assert_eq!((score.enforcement, score.evidence), (Grade::D, Grade::D));
    }

    #[test]
    fn without_a_log_nothing_is_better_than_c() {
        let clean = score(&[], false);
        assert_eq!((clean.points, clean.grade), (100, Grade::C));
        assert_eq!((clean.enforcement, clean.evidence), (Grade::A, Grade::C));
        let bad = score(
            &[
                (Aut01, Critical, Enforcement),
                (Sig01, Critical, Enforcement),
            ],
            false,
        );
        assert_eq!(bad.grade, Grade::F);
    }
}
