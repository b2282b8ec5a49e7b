use jwtrail_event::Reason;

/// Reasons of features that are not built yet, so that nothing can cause them. It must end
/// empty.
pub const PENDING: &[Reason] = &[
    Reason::ProofInvalid,
    Reason::ProofReplayed,
    Reason::ProofNonceRequired,
];
