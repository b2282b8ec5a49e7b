//! The wire types of quarantine: what is held, what an operator's entry says, and how a service
//! learns of changes.
//!
//! A list is in the hands of the monitor. An [`Entry`] is what it keeps and shows to operators; a
//! [`Hold`] is what a service learns of it, which is what it needs to refuse a request and no
//! more; [`Changes`] carries holds, from a version of the list on.
//!
//! ```
//! use jwtrail_event::quarantine::{Changes, Target};
//!
//! let body = br#"{
//!     "version": "5f1c-1",
//!     "whole": true,
//!     "holds": [{
//!         "id": "0190a5c0-0000-7000-8000-000000000001",
//!         "kind": "quarantine",
//!         "target": {"type": "token", "iss": "https://login.example", "jti": "4f1c"},
//!         "until": "2026-03-02T10:00:00.000000Z"
//!     }]
//! }"#;
//! let changes = Changes::read(body)?;
//! assert!(matches!(&changes.holds[0].target, Target::Token { jti, .. } if jti == "4f1c"));
//! # Ok::<(), jwtrail_event::quarantine::Unreadable>(())
//! ```

mod changes;
mod entry;
mod hold;
mod refused;
mod target;

pub use changes::{Changes, MAX_HOLDS, MAX_LIST_BYTES, Unreadable};
pub use entry::Entry;
pub use hold::{Hold, MAX_SERVICES};
pub use refused::Refused;
pub use target::{Target, recorded_id, recorded_issuer};

use crate::closed_set::closed_set;

closed_set! {
    /// What an entry does to the tokens that it concerns.
    ///
    /// ```
    /// use jwtrail_event::quarantine::Kind;
    /// assert_eq!(Kind::Revocation.as_str(), "revocation");
    /// ```
    pub enum Kind {
        /// They are held back until it is known what they are: refused as `quarantined`.
        Quarantine = "quarantine",
        /// They are ended: refused as `revoked`.
        Revocation = "revocation",
    }
}
