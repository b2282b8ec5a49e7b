use crate::rule_error::RuleProblem;

/// What is wrong with some files, each thing once, whichever way it was come upon.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<RuleProblem>);

impl Problems {
    pub(crate) fn add(&mut self, problem: RuleProblem) {
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    /// What was read; where it could not be, takes down why.
    pub(crate) fn take<T>(&mut self, read: Result<T, RuleProblem>) -> Option<T> {
        match read {
            Ok(read) => Some(read),
            Err(problem) => {
                self.add(problem);
                None
            }
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Extend<RuleProblem> for Problems {
    fn extend<I: IntoIterator<Item = RuleProblem>>(&mut self, problems: I) {
        problems.into_iter().for_each(|problem| self.add(problem));
    }
}

impl From<RuleProblem> for Problems {
    fn from(problem: RuleProblem) -> Self {
        Self(vec![problem])
    }
}

impl IntoIterator for Problems {
    type Item = RuleProblem;
    type IntoIter = std::vec::IntoIter<RuleProblem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
