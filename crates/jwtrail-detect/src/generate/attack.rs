mod addresses;
mod baselines;
mod effort;
mod families;
mod operations;
mod plan;
mod subjects;
mod tokens;

use std::fmt;

use serde::Serialize;

use crate::Severity;

pub(super) use effort::Effort;
pub(super) use plan::Plan;

/// How much an attacker does.
///
/// ```
/// use jwtrail_detect::generate::Strength;
/// assert!(!Strength::Evader.is_over_the_threshold());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "the report lists them")]
pub enum Strength {
    /// Exactly what the rule's threshold says.
    Minimal,
    /// About twice as much.
    Typical,
    /// Ten times as much.
    Loud,
    /// One less than the threshold.
    Evader,
    /// More than the threshold, but so slowly that no window holds it.
    LowAndSlow,
}

impl Strength {
    /// Every strength.
    pub const ALL: &'static [Self] = &[
        Self::Minimal,
        Self::Typical,
        Self::Loud,
        Self::Evader,
        Self::LowAndSlow,
    ];

    /// The strength's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minimal => "minimal",
            Self::Typical => "typical",
            Self::Loud => "loud",
            Self::Evader => "evader",
            Self::LowAndSlow => "low-and-slow",
        }
    }

    /// Whether the rule's stated threshold covers it.
    #[must_use]
    pub const fn is_over_the_threshold(self) -> bool {
        matches!(self, Self::Minimal | Self::Typical | Self::Loud)
    }
}

impl fmt::Display for Strength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An alert that an attack must cause.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expectation {
    pub(super) rule: &'static str,
    pub(super) class: &'static str,
    pub(super) severity: Severity,
}

macro_rules! attacks {
    ($($(#[$meta:meta])* $name:ident = $rule:literal $class:literal, $plan:path;)+) => {
        /// An attack, or an incident, that the generator can mix in: one for each shipped rule,
        /// by the rule's name, and one for each other way to set a rule off.
        ///
        /// ```
        /// use jwtrail_detect::generate::Attack;
        /// assert_eq!(Attack::from_name("key-probing"), Some(Attack::KeyProbing));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Attack {
            $($(#[$meta])* $name,)+
        }

        impl Attack {
            /// Every attack.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The rule that has to find it.
            #[must_use]
            pub const fn rule(self) -> &'static str {
                match self {
                    $(Self::$name => $rule,)+
                }
            }

            const fn class(self) -> &'static str {
                match self {
                    $(Self::$name => $class,)+
                }
            }

            /// Plans its records.
            pub(super) fn plan(self, plan: &mut Plan<'_>) {
                match self {
                    $(Self::$name => $plan(plan),)+
                }
            }
        }
    };
}

attacks! {
    /// One token is refused again and again.
    TokenRepeatedRejections = "token-repeated-rejections" "token", tokens::repeated;
    /// One forged token is sent again and again.
    TokenRepeatedForgery = "token-repeated-rejections" "token", tokens::repeated_forgery;
    /// A token that was seen is changed.
    TokenTampered = "token-tampered" "claimed_token", tokens::tampered;
    /// Tokens for somebody else.
    TokenSubstituted = "token-substituted" "subject", tokens::substituted;
    /// A stolen token is used beside its owner.
    TokenReplayed = "token-replayed" "token", tokens::replayed;
    /// A token travels.
    TokenRoaming = "token-roaming" "token", tokens::roaming;
    /// A token is used all over the world.
    TokenEverywhere = "token-roaming" "token", tokens::everywhere;
    /// A token is used in two networks at the same time.
    TokenOverlapping = "token-roaming" "token", tokens::overlapping;
    /// A refresh family is used by two programs.
    FamilyShared = "family-shared" "family", families::shared;
    /// A refresh family travels.
    FamilyRoaming = "family-shared" "family", families::roaming;
    /// A subject fails more than it ever did.
    SubjectFailureSpike = "subject-failure-spike" "subject", baselines::failures;
    /// The same, with one token only.
    SubjectFailureOfOneToken = "subject-failure-spike" "subject", baselines::failures_of_one;
    /// A subject has a scope that it never had.
    ScopeChanged = "scope-changed" "subject", subjects::scope_changed;
    /// A subject tries scope after scope.
    ScopeProbing = "scope-probing" "subject", subjects::scope_probing;
    /// A subject tries object after object.
    ObjectProbing = "object-probing" "subject", subjects::object_probing;
    /// A subject refreshes more than it ever did.
    RefreshBurst = "refresh-burst" "subject", baselines::refreshes;
    /// A stolen refresh token comes after its successor.
    RefreshReused = "refresh-reused" "family", families::reused;
    /// A whole store of refresh tokens was stolen.
    RefreshReuseWave = "refresh-reuse-wave" "service", families::wave;
    /// A refresh token comes from another client.
    RefreshSubstituted = "refresh-substituted" "family", families::substituted;
    /// Refresh tokens are guessed.
    RefreshGuessing = "refresh-guessing" "address", addresses::refresh_guessing;
    /// Leaked passwords are tried.
    CredentialStuffing = "credential-stuffing" "address", addresses::stuffing;
    /// Passwords are guessed from many addresses.
    DistributedGuessing = "distributed-guessing" "route", baselines::distributed;
    /// One of the passwords was right.
    SuccessAfterFailures = "success-after-failures" "address", addresses::success;
    /// One address is refused, for every reason there is.
    OriginRepeated401 = "origin-repeated-401" "address", addresses::repeated;
    /// One site sends its visitors' browsers.
    SiteRepeated401 = "origin-repeated-401" "origin", addresses::site;
    /// Tokens that no library makes.
    ForgeryAttempt = "forgery-attempt" "address", addresses::forgery;
    /// One such token, in the name of somebody we know.
    ForgeryOfKnown = "forgery-attempt" "address", addresses::forgery_of_known;
    /// Signatures are guessed.
    SignatureGuessing = "signature-guessing" "address", addresses::signatures;
    /// Key ids are tried.
    KeyProbing = "key-probing" "address", addresses::keys;
    /// A bound token without its key.
    BindingFailed = "binding-failed" "token", tokens::binding;
    /// A proof is used again.
    ProofReplayed = "binding-failed" "token", tokens::proof_replayed;
    /// A client that does not notice that its token expired.
    ExpiredTokenPersistence = "expired-token-persistence" "token", tokens::expired;
    /// A revoked token comes from somewhere else.
    RevokedTokenUse = "revoked-token-use" "token", tokens::revoked;
    /// Over the limit, minute after minute.
    ExcessRate = "excess-rate" "subject", subjects::excess;
    /// An administrator's session does more than it ever did.
    PrivilegedBurst = "privileged-burst" "subject", baselines::privileged;
    /// A route fails.
    FailureRateHigh = "failure-rate-high" "route", baselines::failure_rate;
    /// A client is given more tokens than ever.
    IssuanceBurst = "issuance-burst" "client", baselines::issuance;
    /// The issuer's keys can't be had.
    KeysUnavailable = "keys-unavailable" "issuer", operations::keys;
    /// Records vanish.
    AuditGap = "audit-gap" "instance", operations::gap;
    /// A sink loses records.
    AuditDropped = "audit-gap" "instance", operations::dropped;
    /// An instance falls silent.
    AuditSilence = "audit-gap" "instance", operations::silence;
    /// A clock is wrong.
    ClockSkew = "clock-skew" "issuer", operations::skew;
    /// Somebody turns the monitor off, rule by rule.
    MonitorTampered = "monitor-tampered" "monitor", operations::tampered;
}

impl Attack {
    /// The attack's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TokenRepeatedForgery => "token-repeated-forgery",
            Self::TokenEverywhere => "token-everywhere",
            Self::TokenOverlapping => "token-overlapping",
            Self::FamilyRoaming => "family-roaming",
            Self::SubjectFailureOfOneToken => "subject-failure-of-one-token",
            Self::SiteRepeated401 => "site-repeated-401",
            Self::ForgeryOfKnown => "forgery-of-known",
            Self::ProofReplayed => "proof-replayed",
            Self::AuditDropped => "audit-dropped",
            Self::AuditSilence => "audit-silence",
            _ => self.rule(),
        }
    }

    /// The attack of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let all = Self::ALL.iter().copied();
        all.into_iter().find(|attack| attack.as_str() == name)
    }

    /// How long the rule learns first, in days.
    pub(super) const fn warm_up(self) -> i64 {
        match self {
            Self::ScopeChanged
            | Self::SubjectFailureSpike
            | Self::SubjectFailureOfOneToken
            | Self::RefreshBurst
            | Self::DistributedGuessing
            | Self::PrivilegedBurst
            | Self::FailureRateHigh
            | Self::IssuanceBurst => 15,
            _ => 0,
        }
    }

    pub(super) const fn expects(self, strength: Strength) -> Expectation {
        let severity = match self {
            Self::ForgeryAttempt | Self::ForgeryOfKnown | Self::TokenReplayed => Severity::High,
            // An administrator's scope.
            Self::ScopeChanged if !matches!(strength, Strength::Minimal) => Severity::High,
            Self::ScopeChanged | Self::ExpiredTokenPersistence => Severity::Informational,
            // Nobody is woken for these.
            Self::TokenRoaming
            | Self::TokenOverlapping
            | Self::SubjectFailureOfOneToken
            | Self::RefreshBurst
            | Self::OriginRepeated401
            | Self::SiteRepeated401
            | Self::ExcessRate
            | Self::ClockSkew => Severity::Low,
            _ => Severity::Medium,
        };
        Expectation {
            rule: self.rule(),
            class: self.class(),
            severity,
        }
    }

    /// The strengths in which there is a difference.
    pub(super) const fn strengths(self) -> &'static [Strength] {
        use Strength::{Evader, Loud, LowAndSlow, Minimal, Typical};
        match self {
            // One event is enough: there is no slower way.
            Self::TokenTampered
            | Self::TokenReplayed
            | Self::ForgeryOfKnown
            | Self::ProofReplayed
            | Self::ScopeChanged
            | Self::RefreshReused
            | Self::RefreshSubstituted
            | Self::RevokedTokenUse
            | Self::SuccessAfterFailures
            | Self::AuditGap
            | Self::AuditDropped
            | Self::AuditSilence
            | Self::MonitorTampered
            | Self::TokenOverlapping
            | Self::FamilyShared => &[Minimal, Typical, Loud, Evader],
            _ => &[Minimal, Typical, Loud, Evader, LowAndSlow],
        }
    }
}

impl fmt::Display for Attack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
