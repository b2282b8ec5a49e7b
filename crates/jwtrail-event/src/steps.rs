use std::fmt;

use crate::closed_set::closed_set;
use crate::{Reason, UnknownName};

closed_set! {
    /// A step of the decision, in the order in which they are taken.
    ///
    /// ```
    /// use jwtrail_event::Step;
    /// assert!(Step::Signature < Step::Claims);
    /// ```
    pub enum Step {
        /// The token's form.
        Parse = "parse",
        /// The JOSE header.
        Header = "header",
        /// Choosing the key.
        Key = "key",
        /// The signature.
        Signature = "signature",
        /// The claims.
        Claims = "claims",
        /// Proof of possession.
        Binding = "binding",
        /// Revocation and quarantine.
        Revocation = "revocation",
        /// Limits.
        Limit = "limit",
        /// Scope and policy.
        Scope = "scope",
    }
}

/// What a step said.
///
/// ```
/// use jwtrail_event::{Reason, StepResult};
/// assert_eq!(StepResult::Failed(Reason::Expired).as_str(), "expired");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a step passes or fails")]
pub enum StepResult {
    /// It passed.
    Ok,
    /// It failed.
    Failed(Reason),
}

/// Each step that was taken, with what it said.
///
/// ```
/// use jwtrail_event::{Reason, Step, Steps};
/// let mut steps = Steps::default();
/// steps.passed(Step::Parse);
/// steps.failed(Step::Header, Reason::AlgorithmNotAllowed);
/// assert_eq!(steps.to_string(), "parse:ok header:algorithm_not_allowed");
/// assert_eq!(steps.failure(), Some((Step::Header, Reason::AlgorithmNotAllowed)));
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Steps {
    /// A bit for each step.
    passed: u16,
    failed: u16,
    /// Of each step that failed.
    reasons: [Option<Reason>; Step::ALL.len()],
}

impl Steps {
    /// Notes that a step passed.
    #[inline]
    pub fn passed(&mut self, step: Step) {
        let bit = bit(step);
        if self.failed & bit != 0 {
            self.forget_failure(step);
        }
        self.passed |= bit;
    }

    /// Notes that a step failed.
    pub fn failed(&mut self, step: Step, reason: Reason) {
        self.passed &= !bit(step);
        self.failed |= bit(step);
        if let Some(slot) = self.reasons.get_mut(step as usize) {
            *slot = Some(reason);
        }
    }

    /// Notes what a step said.
    pub fn set(&mut self, step: Step, result: StepResult) {
        match result {
            StepResult::Ok => self.passed(step),
            StepResult::Failed(reason) => self.failed(step, reason),
        }
    }

    /// Notes what is written as `step:result`.
    pub(crate) fn read(&mut self, text: &str) -> Result<(), UnknownName> {
        let ParsedStep(step, result) = text.parse()?;
        self.set(step, result);
        Ok(())
    }

    /// Steps that all passed, from the first to this one.
    ///
    /// ```
    /// use jwtrail_event::{Step, Steps};
    /// assert_eq!(Steps::passed_up_to(Step::Header).to_string(), "parse:ok header:ok");
    /// ```
    #[must_use]
    #[inline]
    pub const fn passed_up_to(last: Step) -> Self {
        Self {
            passed: (bit(last) << 1) - 1,
            failed: 0,
            reasons: [None; Step::ALL.len()],
        }
    }

    /// What a step said, if it was taken.
    #[must_use]
    pub fn of(&self, step: Step) -> Option<StepResult> {
        if self.passed & bit(step) != 0 {
            return Some(StepResult::Ok);
        }
        let failed = self.reasons.get(step as usize).copied().flatten();
        failed.map(StepResult::Failed)
    }

    /// The steps that were taken, in order.
    pub fn taken(&self) -> impl Iterator<Item = (Step, StepResult)> + '_ {
        Step::ALL
            .iter()
            .filter_map(|step| self.of(*step).map(|result| (*step, result)))
    }

    /// If every step up to this one passed and none after it failed: those that passed after it,
    /// by a bit for each, the next one's the lowest.
    #[inline]
    pub(crate) fn passed_beyond(&self, last: Step) -> Option<usize> {
        let before = Self::passed_up_to(last).passed;
        let held = self.failed == 0 && self.passed & before == before;
        held.then(|| usize::from(self.passed >> (last as u16 + 1)))
    }

    #[cold]
    fn forget_failure(&mut self, step: Step) {
        self.failed &= !bit(step);
        if let Some(slot) = self.reasons.get_mut(step as usize) {
            *slot = None;
        }
    }

    /// The first step that failed.
    #[must_use]
    pub fn failure(&self) -> Option<(Step, Reason)> {
        self.taken().find_map(|(step, result)| match result {
            StepResult::Failed(reason) => Some((step, reason)),
            StepResult::Ok => None,
        })
    }
}

const fn bit(step: Step) -> u16 {
    1 << step as u16
}

impl StepResult {
    /// `ok`, or the reason's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed(reason) => reason.as_str(),
        }
    }
}

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (step, result)) in self.taken().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            write!(f, "{gap}{step}:{}", result.as_str())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{self}]")
    }
}

impl serde::Serialize for Steps {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.taken().map(|(step, result)| StepText(step, result)))
    }
}

struct StepText(Step, StepResult);

impl serde::Serialize for StepText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}:{}", self.0, self.1.as_str()))
    }
}

struct ParsedStep(Step, StepResult);

impl std::str::FromStr for ParsedStep {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let (step, result) = text
            .split_once(':')
            .ok_or_else(|| UnknownName::new("Step", text))?;
        let result = match result {
            "ok" => StepResult::Ok,
            reason => StepResult::Failed(reason.parse()?),
        };
        Ok(Self(step.parse()?, result))
    }
}

impl<'de> serde::Deserialize<'de> for ParsedStep {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(crate::closed_set::FromName::<Self>::new())
    }
}

impl<'de> serde::Deserialize<'de> for Steps {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Steps;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of `step:result`")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut list: A,
            ) -> Result<Steps, A::Error> {
                let mut steps = Steps::default();
                while let Some(ParsedStep(step, result)) = list.next_element()? {
                    steps.set(step, result);
                }
                Ok(steps)
            }
        }
        deserializer.deserialize_seq(Visitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Steps {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Steps".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let steps: Vec<_> = Step::ALL.iter().map(|step| step.as_str()).collect();
        let reasons: Vec<_> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        let pattern = format!("^({}):(ok|{})$", steps.join("|"), reasons.join("|"));
        schemars::json_schema!({ "type": "array", "items": { "type": "string", "pattern": pattern } })
    }
}
