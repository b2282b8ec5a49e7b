use std::collections::BTreeMap;
use std::time::Duration;

/// Which rules may put tokens and families under quarantine by themselves, and how much of it.
///
/// No rule does unless it stands here. Whatever stands here, a rule takes only the token or the
/// family that its alert names, only on events of producers that speak for themselves
/// ([`RunningMonitor::producer_credential`](crate::RunningMonitor::producer_credential)), and only
/// in the services that every one of them writes as. An alert that is informational or low holds
/// nothing: what is no reason to wake somebody is none to lock somebody out. When it becomes worse it
/// is judged anew, with all the events that it names by then.
///
/// ```
/// use std::time::Duration;
/// use jwtrail_monitor::{MonitorConfig, RuleResponse};
/// let mut config = MonitorConfig::new("127.0.0.1:0".parse().unwrap(), "/var/lib/jwtrail");
/// let response = RuleResponse::new(Duration::from_secs(3600), 20);
/// config.responses.rules.insert("refresh-reused".to_owned(), response);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponsePolicy {
    /// The rules that respond, by name. None unless they are named here.
    pub rules: BTreeMap<String, RuleResponse>,
    /// All rules together hold at most 1 % of the subjects that were active within the last hour,
    /// or so many where that is more. Beyond it nothing is held by a rule until an operator
    /// resets it. Default 10.
    pub breaker_least: u32,
}

impl Default for ResponsePolicy {
    fn default() -> Self {
        Self {
            rules: BTreeMap::new(),
            breaker_least: 10,
        }
    }
}

/// What one rule may do by itself.
///
/// ```
/// use std::time::Duration;
/// use jwtrail_monitor::RuleResponse;
/// let response = RuleResponse::default();
/// assert_eq!(response, RuleResponse::new(Duration::from_secs(3600), 20));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleResponse {
    /// How long an entry holds. Default 1 hour.
    pub max_time: Duration,
    /// The most entries within an hour. Default 20.
    pub per_hour: u32,
}

impl RuleResponse {
    /// A response that holds for so long, so often in an hour.
    #[must_use]
    pub const fn new(max_time: Duration, per_hour: u32) -> Self {
        Self { max_time, per_hour }
    }
}

impl Default for RuleResponse {
    fn default() -> Self {
        Self::new(Duration::from_secs(60 * 60), 20)
    }
}
