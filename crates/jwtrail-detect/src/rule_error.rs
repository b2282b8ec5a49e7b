use std::fmt;

/// Why a rule file was refused: the file, the line, what is wrong and what to do.
///
/// ```
/// use jwtrail_detect::RuleSet;
/// let error = RuleSet::parse([("mine.yml", "title: [")]).unwrap_err();
/// assert_eq!(error.problems()[0].file, "mine.yml");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", Lines(.problems))]
pub struct RuleError {
    problems: Vec<RuleProblem>,
}

impl RuleError {
    pub(crate) const fn new(problems: Vec<RuleProblem>) -> Self {
        Self { problems }
    }

    /// Every problem of every file, in the order of the files.
    #[must_use]
    pub fn problems(&self) -> &[RuleProblem] {
        &self.problems
    }
}

/// One thing that is wrong with a rule file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}; {remedy}")]
#[non_exhaustive]
pub struct RuleProblem {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

struct Lines<'a>(&'a [RuleProblem]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}
