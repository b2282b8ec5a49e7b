use jwtrail_event::Timestamp;
use serde::Serialize;

use super::Responses;
use super::breaker::Tripped;

/// How responses stand, for the API.
#[derive(Debug, Serialize)]
pub(crate) struct Status {
    /// Set while no rule may hold anything.
    pub(crate) halted: Option<Tripped>,
    rules: Vec<RuleStatus>,
    breaker_least: u32,
}

#[derive(Debug, Serialize)]
pub(crate) struct RuleStatus {
    rule: String,
    max_seconds: u64,
    per_hour: u32,
    /// Entries within the last hour.
    held: u32,
}

impl Responses {
    pub(crate) fn status(&self, now: Timestamp) -> Status {
        let inner = self.inner();
        let rules = self.policy.rules.iter().map(|(rule, response)| RuleStatus {
            rule: rule.clone(),
            max_seconds: response.max_time.as_secs(),
            per_hour: response.per_hour,
            held: inner.history.by_rule(rule, now),
        });
        Status {
            halted: inner.breaker.tripped.clone(),
            rules: rules.collect(),
            breaker_least: self.policy.breaker_least,
        }
    }
}
