use std::fmt;

use jwtrail_event::{EventId, Timestamp};

use super::random::mix;

macro_rules! honest {
    ($($(#[$meta:meta])* $name:ident = $text:literal,)+) => {
        /// What honest traffic a record is part of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Honest {
            $($(#[$meta])* $name,)+
        }

        impl Honest {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The kind's name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

honest! {
    /// A person at home, behind an address of their own.
    Home = "home",
    /// One of hundreds behind an office's address.
    Office = "office",
    /// A phone that goes from one network to another with its token.
    Phone = "phone",
    /// A browser behind a privacy relay, whose egress changes.
    Relay = "relay",
    /// A machine with client credentials, at all hours.
    Machine = "machine",
    /// An administrator at work.
    Admin = "admin",
    /// One service that calls another with the user's token.
    ServiceCall = "service-call",
    /// A request or a refresh that is sent again.
    Retry = "retry",
    /// A tab that goes on after the logout.
    BackgroundTab = "background-tab",
    /// A password that came to mind only later.
    ForgottenPassword = "forgotten-password",
    /// A machine that slept past its token's end.
    WakeUp = "wake-up",
    /// Everybody refreshes after a deploy.
    Deploy = "deploy",
    /// An integration whose token expired and that tries again for days.
    BrokenIntegration = "broken-integration",
    /// Refused while the issuer's keys could not be had.
    Outage = "outage",
    /// The internet's background scanning.
    Scanner = "scanner",
    /// A machine whose clock is wrong.
    ClockSkew = "clock-skew",
    /// The fleet's own records: heartbeats, key sets, restarts, changes of rules.
    Operations = "operations",
}

impl fmt::Display for Honest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a record is part of: honest traffic, or an injection by its number in the truth.
///
/// ```
/// use jwtrail_detect::generate::{Cause, Honest};
/// assert_ne!(Cause::Honest(Honest::Home), Cause::Injection(0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "traffic is honest or it is not")]
pub enum Cause {
    /// Honest traffic.
    Honest(Honest),
    /// An attack or an incident.
    Injection(u16),
}

impl Cause {
    /// What the generator made the event of this id for: the id's last bits say so, masked by
    /// the others, so that no rule can go by them.
    #[must_use]
    pub fn of(id: EventId) -> Option<Self> {
        let bits = id.as_u128();
        let code = (bits as u16) ^ mask(bits);
        match usize::from(code).checked_sub(Honest::ALL.len()) {
            None => Honest::ALL
                .get(usize::from(code))
                .copied()
                .map(Self::Honest),
            Some(number) => u16::try_from(number).ok().map(Self::Injection),
        }
    }

    const fn code(self) -> u16 {
        match self {
            Self::Honest(kind) => kind as u16,
            Self::Injection(number) => number.wrapping_add(Honest::ALL.len() as u16),
        }
    }

    /// The id of an event that is part of this.
    pub(super) fn event_id(self, time: Timestamp, random: u64) -> EventId {
        let mut bytes = [0; 10];
        for (byte, drawn) in bytes.iter_mut().zip(random.to_be_bytes()) {
            *byte = drawn;
        }
        let bits = EventId::v7(time, &bytes).as_u128();
        EventId::from_u128((bits & !0xffff) | u128::from(self.code() ^ mask(bits)))
    }
}

const fn mask(bits: u128) -> u16 {
    mix((bits >> 16) as u64 ^ (bits >> 80) as u64) as u16
}

#[cfg(test)]
mod tests {
    use jwtrail_event::Timestamp;

    use super::{Cause, Honest};

    #[test]
    fn an_event_id_says_what_it_is_part_of() {
        let time = Timestamp::from_seconds(1_800_000_000);
        let injections = [0, 1, 4_000].map(Cause::Injection);
        let honest = Honest::ALL.iter().map(|kind| Cause::Honest(*kind));
        for (random, cause) in (0..).zip(honest.chain(injections)) {
            assert_eq!(Cause::of(cause.event_id(time, random)), Some(cause));
        }
    }
}
