use crate::{CacheUse, DroppedKind, EventName, Kind, Outcome, Reason, Record, Timestamp};

/// What counts events. It is told names of closed sets and texts of the configuration.
///
/// ```
/// use jwtrail_event::events::{Correlation, Decided, Event as _, Happened, KeysFailed, Measure};
///
/// #[derive(Default)]
/// struct FailedFetches(u64);
///
/// impl Measure for FailedFetches {
///     fn decided(&mut self, _: Decided<'_>) {}
///
///     fn happened(&mut self, happened: Happened<'_>) {
///         self.0 += u64::from(happened.about == "https://login.example");
///     }
/// }
///
/// fn example(correlation: &Correlation<'_>) {
///     let mut fetches = FailedFetches::default();
///     KeysFailed { correlation, issuer: "https://login.example".into() }.measure(&mut fetches);
///     assert_eq!(fetches.0, 1);
/// }
/// ```
pub trait Measure {
    /// A request was decided about.
    fn decided(&mut self, decided: Decided<'_>);

    /// Anything else.
    fn happened(&mut self, happened: Happened<'_>);
}

/// What metrics say of a decision.
///
/// ```
/// use jwtrail_event::events::Decided;
///
/// fn is_slow(decided: &Decided<'_>) -> bool {
///     decided.duration_us > 1_000_000
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decided<'a> {
    /// What happened.
    pub event: EventName,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it failed.
    pub reason: Option<Reason>,
    /// The route's pattern.
    pub route: &'a str,
    /// The class of the token's scope, empty where there is none.
    pub scope_class: &'a str,
    /// Microseconds from the request's arrival to the answer's head.
    pub duration_us: u64,
    /// What the verified-token cache said.
    pub cache: CacheUse,
}

/// What metrics say of anything else.
///
/// ```
/// use jwtrail_event::events::Happened;
///
/// fn is_loss(happened: &Happened<'_>) -> bool {
///     happened.dropped_kind.is_some()
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Happened<'a> {
    /// What happened.
    pub event: EventName,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it failed.
    pub reason: Option<Reason>,
    /// The issuer or the sink that it is about, or nothing.
    pub about: &'a str,
    /// Which records were lost.
    pub dropped_kind: Option<DroppedKind>,
    /// How often it happened: of lost records, how many there are.
    pub count: u64,
}

/// Measures what a record says.
pub(super) fn measure(record: &Record<'_>, meter: &mut impl Measure) {
    let scope_class = match record.rendered {
        Some(rendered) => rendered.scope_class(),
        None => record
            .scope_class
            .as_ref()
            .map_or("", |class| class.as_str()),
    };
    if let (Kind::Decision, Some(duration_us)) = (record.kind, record.duration_us) {
        return meter.decided(Decided {
            event: record.event,
            outcome: record.outcome,
            reason: record.reason,
            route: record.route.as_ref().map_or("", |route| route.as_str()),
            scope_class,
            duration_us,
            cache: record.cache.unwrap_or(CacheUse::None),
        });
    }
    let about = record.issuer.as_ref().or(record.sink.as_ref());
    meter.happened(Happened {
        event: record.event,
        outcome: record.outcome,
        reason: record.reason,
        about: about.map_or("", |about| about.as_str()),
        dropped_kind: record.dropped_kind,
        count: record.dropped_count.unwrap_or(1),
    });
}

/// A record of what is measured needs no time of its own.
pub(super) const WHENEVER: Timestamp = Timestamp::MIN;
