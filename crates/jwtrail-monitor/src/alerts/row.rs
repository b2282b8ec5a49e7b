use jwtrail_detect::Alert;
use serde::{Deserialize, Serialize};

/// An alert, and what was said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AlertRow {
    pub(crate) alert: Alert,
    /// That it was raised stands in the outbox, or has left it.
    pub(crate) raise_sent: bool,
    /// That it was resolved stands in the outbox, or has left it.
    pub(crate) resolution_sent: bool,
}
