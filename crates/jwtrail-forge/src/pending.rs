use jwtrail_event::Reason;

/// Reasons of features that are not built yet, so that nothing can cause them. It must end
/// empty.
///
/// ```
/// use jwtrail_event::Reason;
/// use jwtrail_forge::PENDING;
/// assert!(!PENDING.contains(&Reason::Expired));
/// ```
pub const PENDING: &[Reason] = &[];
