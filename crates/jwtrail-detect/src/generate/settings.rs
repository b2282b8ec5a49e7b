use jwtrail_event::Timestamp;

use super::Attack;

/// What traffic is wanted.
///
/// ```
/// use jwtrail_detect::generate::{Generator, Settings};
///
/// let settings = Settings {
///     days: 1,
///     subjects: 20,
///     ..Settings::default()
/// };
/// assert!(Generator::new(&settings).records() > 100);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "callers build it")]
pub struct Settings {
    /// The same settings and seed give the same bytes, on every machine.
    pub seed: u64,
    /// The first moment.
    pub start: Timestamp,
    /// How many days.
    pub days: u32,
    /// How many people; machines come on top, one for each thousand of them and four more.
    pub subjects: u32,
    /// Instances of the services for login, orders, billing and partners, each at least one.
    pub instances: [u8; 4],
    /// Seconds from one heartbeat of an instance to the next.
    pub heartbeat: u32,
    /// Which attacks are mixed in.
    pub attacks: Vec<Attack>,
    /// How often each variant of an attack is mixed in.
    pub copies: u32,
    /// How late records arrive.
    pub lateness: Lateness,
    /// Who the people are, and how much they do.
    pub mix: Mix,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 1,
            // A Monday.
            start: Timestamp::from_seconds(1_772_409_600),
            days: 7,
            subjects: 1_000,
            instances: [2, 2, 1, 1],
            heartbeat: 10,
            attacks: Attack::ALL.to_vec(),
            copies: 1,
            lateness: Lateness::LATE,
            mix: Mix::default(),
        }
    }
}

/// How late records arrive.
///
/// ```
/// use jwtrail_detect::generate::Lateness;
/// assert_eq!(Lateness::IN_ORDER.late_per_mille, 0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "callers build it")]
pub struct Lateness {
    /// How many of a thousand records are late.
    pub late_per_mille: u32,
    /// How late they are at most, in milliseconds.
    pub at_most_ms: u32,
    /// How far one instance of the orders service is behind, in seconds.
    pub backlog_seconds: u32,
}

impl Lateness {
    /// Every record arrives after the ones before it.
    pub const IN_ORDER: Self = Self {
        late_per_mille: 0,
        at_most_ms: 0,
        backlog_seconds: 0,
    };
    /// One in twenty is up to half a minute late.
    pub const LATE: Self = Self {
        late_per_mille: 50,
        at_most_ms: 29_000,
        backlog_seconds: 0,
    };
    /// The same, and one producer is an hour behind.
    pub const BACKLOG: Self = Self {
        backlog_seconds: 3_600,
        ..Self::LATE
    };
}

/// Who the people are, of a thousand, and how much they do; the rest are at home.
///
/// ```
/// use jwtrail_detect::generate::Mix;
/// assert!(Mix::default().office + Mix::default().phone < 1_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "callers build it")]
pub struct Mix {
    /// In offices of hundreds behind one address.
    pub office: u32,
    /// On phones.
    pub phone: u32,
    /// Behind a privacy relay.
    pub relay: u32,
    /// Administrators.
    pub admin: u32,
    /// Sessions of a person in a day, in thousandths.
    pub sessions: u32,
    /// Requests of a machine in a day; each twelfth makes twelve times as many.
    pub machine_requests: u32,
    /// Visits of scanners in a day.
    pub scans: u32,
    /// Integrations whose token expires in the middle of the time and that try on for days.
    pub broken_integrations: u32,
}

impl Default for Mix {
    fn default() -> Self {
        Self {
            office: 280,
            phone: 260,
            relay: 60,
            admin: 4,
            sessions: 420,
            machine_requests: 360,
            scans: 240,
            broken_integrations: 2,
        }
    }
}
