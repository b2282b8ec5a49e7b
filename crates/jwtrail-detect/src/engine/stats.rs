use serde::Serialize;

/// What the engine has done and what it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EngineStats {
    /// The position of the last event observed.
    pub position: Option<u64>,
    /// Events observed.
    pub events: u64,
    /// Events whose time was behind the watermark when they came: counted, in their own time,
    /// but perhaps after the fact.
    pub late: u64,
    /// Events of producers that deliver what they kept while they were away.
    pub backlog: u64,
    /// Events whose time was ahead of their arrival, and was taken to be their arrival.
    pub clamped: u64,
    /// Alerts that are open.
    pub open_alerts: usize,
    /// Each rule, by name.
    pub rules: Vec<RuleStats>,
}

/// What one rule has done and what it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RuleStats {
    /// The rule's name.
    pub name: String,
    /// Keys that it keeps.
    pub keys: usize,
    /// Entries that it keeps for them.
    pub entries: usize,
    /// Events that it selected.
    pub matched: u64,
    /// Events that it selected but passed over, for they lack a field that it needs.
    pub without_key: u64,
    /// Alerts that it has open.
    pub open_alerts: usize,
    /// Alerts that it has raised.
    pub raised: u64,
    /// Keys forgotten before their time, for want of memory.
    pub evicted_keys: u64,
    /// Entries put in final order before their time, for want of memory.
    pub settled_early: u64,
}
