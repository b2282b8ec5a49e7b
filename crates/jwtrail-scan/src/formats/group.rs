use crate::{CheckOutcome, Finding, ScanReport};

/// Findings that say the same of several operations.
pub(super) struct Group<'r> {
    /// The one that is shown.
    pub(super) first: &'r Finding,
    /// The further operations.
    pub(super) others: Vec<&'r str>,
}

/// The findings of a report, the worst first; those that differ in their operation alone stand
/// together.
pub(super) fn groups(report: &ScanReport) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for finding in report.findings() {
        let same = groups.iter_mut().find(|group| {
            let first = group.first;
            first.check == finding.check
                && first.variant == finding.variant
                && first.grade == finding.grade
                && first.summary == finding.summary
        });
        match (same, &finding.operation) {
            (Some(group), Some(operation)) => group.others.push(operation),
            (Some(_), None) => {}
            (None, _) => groups.push(Group {
                first: finding,
                others: Vec::new(),
            }),
        }
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.first.severity), group.first.check));
    groups
}

/// How many checks ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: usize,
    pub(super) noted: usize,
    pub(super) failed: usize,
    pub(super) not_verified: usize,
}

impl Tally {
    pub(super) fn of(report: &ScanReport) -> Self {
        let mut tally = Self::default();
        for result in &report.checks {
            match result.outcome {
                CheckOutcome::Passed => tally.passed += 1,
                CheckOutcome::PassedWithNote { .. } => tally.noted += 1,
                CheckOutcome::Failed { .. } => tally.failed += 1,
                CheckOutcome::NotVerified { .. } => tally.not_verified += 1,
            }
        }
        tally
    }
}
