use std::time::Duration;

/// What may be put under quarantine or revoked, for how long, and how much of it.
///
/// ```
/// use jwtrail_monitor::MonitorConfig;
/// let mut config = MonitorConfig::new("127.0.0.1:0".parse().unwrap(), "/var/lib/jwtrail");
/// config.quarantine.protected_subjects.push("payments-batch".to_owned());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QuarantinePolicy {
    /// The longest that an entry may hold. Default 30 days.
    pub max_time: Duration,
    /// The most entries at once. Default 10,000, at most 20,000, which is what services read.
    pub max_entries: usize,
    /// Subjects that nobody may put under quarantine or revoke, for without them the service
    /// stands still. Operators can hold their single tokens, rules can't. Each is a `sub` of
    /// whichever issuer, or a `sub`, a space and the issuer; `*` stands for any text in a `sub`.
    pub protected_subjects: Vec<String>,
}

impl Default for QuarantinePolicy {
    fn default() -> Self {
        Self {
            max_time: Duration::from_secs(30 * 24 * 60 * 60),
            max_entries: 10_000,
            protected_subjects: Vec::new(),
        }
    }
}
