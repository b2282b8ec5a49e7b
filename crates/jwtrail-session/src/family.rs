use std::fmt;
use std::str::FromStr;

use jwtrail_event::{NotAnId, Timestamp};

/// A refresh family's id: the `sid` of its access tokens.
///
/// ```
/// use jwtrail_session::FamilyId;
/// let id = FamilyId::from_bits(7);
/// assert_eq!(id.to_string().parse(), Ok(id));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FamilyId(u128);

impl FamilyId {
    /// From its bits.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// Its bits.
    #[must_use]
    pub const fn as_bits(self) -> u128 {
        self.0
    }
}

impl fmt::Display for FamilyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&uuid::Uuid::from_u128(self.0), f)
    }
}

impl fmt::Debug for FamilyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for FamilyId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        // `EventId` reads the same form, so that there is one error for it.
        text.parse()
            .map(|id: jwtrail_event::EventId| Self(id.as_u128()))
    }
}

/// A place in a family.
///
/// ```
/// use jwtrail_session::{FamilyId, FamilyPlace};
/// let first = FamilyPlace { id: FamilyId::from_bits(7), generation: 1 };
/// assert_eq!(first.event_family().generation, 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FamilyPlace {
    /// The family.
    pub id: FamilyId,
    /// The generation, from 1.
    pub generation: u64,
}

/// What the state holds of a refresh family: no token, only where the family stands.
///
/// ```
/// use jwtrail_event::Timestamp;
/// use jwtrail_session::Family;
///
/// let now = Timestamp::from_seconds(1_800_000_000);
/// let family = Family {
///     subject: "user-7".to_owned(),
///     client_id: "web".to_owned(),
///     scope: None,
///     opened_at: now,
///     expires_at: now.plus_micros(86_400_000_000),
///     generation: 1,
///     rotated_at: now,
///     access_jti: 7,
///     revoked: false,
/// };
/// assert!(family.opened_at < family.expires_at);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// Whom the tokens speak for.
    pub subject: String,
    /// The client that they are bound to.
    pub client_id: String,
    /// The scope, space-separated.
    pub scope: Option<String>,
    /// When the subject logged in.
    pub opened_at: Timestamp,
    /// When the subject has to log in again.
    pub expires_at: Timestamp,
    /// The generation of the refresh token that may be used next, from 1.
    pub generation: u64,
    /// When it was made.
    pub rotated_at: Timestamp,
    /// The `jti` of the access token that was minted with it.
    pub access_jti: u128,
    /// Whether the family was revoked.
    pub revoked: bool,
}

impl Family {
    /// What to do about a genuine refresh token of this family.
    pub(crate) fn judge(&self, presented: &Presented<'_>) -> Verdict {
        if self.revoked {
            return Verdict::Revoked;
        }
        if self.expires_at <= presented.now {
            return Verdict::Expired;
        }
        if self.client_id != presented.client_id {
            return Verdict::OtherClient;
        }
        if presented.generation == self.generation {
            return Verdict::Rotate;
        }
        // Below zero when another instance's clock is ahead, or ours was set back.
        let age = presented.now.micros_since(self.rotated_at);
        let within_grace = (-presented.skew_micros..=presented.grace_micros).contains(&age);
        if presented.generation.checked_add(1) == Some(self.generation) && within_grace {
            return Verdict::Replay;
        }
        Verdict::Reuse
    }
}

/// What came, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Presented<'a> {
    pub(crate) generation: u64,
    pub(crate) client_id: &'a str,
    pub(crate) now: Timestamp,
    pub(crate) grace_micros: i64,
    /// How much clocks may differ.
    pub(crate) skew_micros: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Rotate,
    Replay,
    Reuse,
    OtherClient,
    Expired,
    Revoked,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_previous_generation_is_good_until_the_grace_window_ends() {
        let (grace, skew) = (10_000_000, 60_000_000);
        for (generation, client_id, micros, verdict) in [
            (3, "web", 0, Verdict::Rotate),
            (2, "web", 0, Verdict::Replay),
            (2, "web", grace, Verdict::Replay),
            (2, "web", grace + 1, Verdict::Reuse),
            (2, "web", -skew, Verdict::Replay),
            (2, "web", -skew - 1, Verdict::Reuse),
            (1, "web", 0, Verdict::Reuse),
            (4, "web", 0, Verdict::Reuse),
            (u64::MAX, "web", 0, Verdict::Reuse),
            (3, "app", 0, Verdict::OtherClient),
            (3, "web", 60_000_000, Verdict::Expired),
            (1, "app", 60_000_000, Verdict::Expired),
        ] {
            let presented = Presented {
                generation,
                client_id,
                now: Timestamp::from_micros(micros),
                grace_micros: grace,
                skew_micros: skew,
            };
            assert_eq!(family().judge(&presented), verdict, "{presented:?}");
        }
    }

    #[test]
    fn nothing_is_good_in_a_revoked_family() {
        let family = Family {
            revoked: true,
            ..family()
        };
        for generation in 1..5 {
            let presented = Presented {
                generation,
                client_id: "web",
                now: Timestamp::from_seconds(0),
                grace_micros: 10_000_000,
                skew_micros: 60_000_000,
            };
            assert_eq!(family.judge(&presented), Verdict::Revoked);
        }
    }

    fn family() -> Family {
        Family {
            subject: "user-7".to_owned(),
            client_id: "web".to_owned(),
            scope: None,
            opened_at: Timestamp::from_seconds(0),
            expires_at: Timestamp::from_seconds(60),
            generation: 3,
            rotated_at: Timestamp::from_seconds(0),
            access_jti: 1,
            revoked: false,
        }
    }
}
