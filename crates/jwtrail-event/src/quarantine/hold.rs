use serde::{Deserialize, Serialize};

use super::refused::text;
use super::{Kind, Refused, Target};
use crate::caps::ID;
use crate::{EventId, Timestamp};

/// What a service learns of an entry: whom to refuse, until when, and whether as quarantined or
/// as revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(
    clippy::exhaustive_structs,
    reason = "lists are written out by those who have their own"
)]
pub struct Hold {
    /// The entry's id.
    pub id: EventId,
    /// Quarantine or revocation.
    pub kind: Kind,
    /// Whom it concerns.
    pub target: Target,
    /// The services that it holds for; every service if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// When it stops to hold.
    pub until: Timestamp,
}

impl Hold {
    /// Whether a service has to mind it.
    #[must_use]
    pub fn concerns(&self, service: &str) -> bool {
        self.services.is_empty() || self.services.iter().any(|named| named == service)
    }

    /// Whether its values are within their caps.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), Refused> {
        self.target.check()?;
        services(&self.services)
    }
}

/// The most services that one entry names.
pub const MAX_SERVICES: usize = 16;

pub(super) fn services(named: &[String]) -> Result<(), Refused> {
    if named.len() > MAX_SERVICES {
        return Err(Refused::TooManyServices {
            count: named.len(),
            limit: MAX_SERVICES,
        });
    }
    named
        .iter()
        .try_for_each(|service| text("services", service, ID))
}
