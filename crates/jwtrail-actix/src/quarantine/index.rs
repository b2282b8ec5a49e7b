use std::collections::HashMap;
use std::hash::Hasher as _;
use std::sync::{Arc, OnceLock};

use jwtrail_event::quarantine::{Hold, Kind, Target, recorded_id, recorded_issuer};
use jwtrail_event::{Pseudonyms, Reason, Timestamp};
use jwtrail_verify::{AlreadyHashed, ClearTokens, VerifiedToken};
use siphasher::sip128::{Hasher128 as _, SipHasher24};

use crate::random;

/// The list, by what is known of a token. Made anew with each change, never changed.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// By the keys of [`Names`].
    holds: HashMap<u128, Vec<Held>, AlreadyHashed>,
    count: usize,
}

/// Makes keys of what entries concern, under a key of this list.
#[derive(Debug)]
pub(super) struct Names {
    key: SipHasher24,
    clear: ClearTokens,
    /// Entries may name subjects by these.
    pseudonyms: OnceLock<Arc<Pseudonyms>>,
}

/// One entry, as far as the request must know it.
#[derive(Debug)]
pub(super) struct Held {
    reason: Reason,
    until: Timestamp,
    /// Seconds; only tokens that were issued up to then.
    before: Option<i64>,
    /// Empty: every service.
    services: Box<[Box<str>]>,
}

impl Names {
    pub(super) fn new() -> Self {
        Self {
            key: SipHasher24::new_with_key(&random::bytes()),
            clear: ClearTokens::new(),
            pseudonyms: OnceLock::new(),
        }
    }

    /// Subjects are known by these pseudonyms, too. The first ones stay: false for others.
    pub(super) fn know(&self, pseudonyms: &Arc<Pseudonyms>) -> bool {
        let known = self.pseudonyms.get_or_init(|| Arc::clone(pseudonyms));
        known.names_like(pseudonyms)
    }

    /// Whether this version of the list says nothing of the token, as far as is known.
    pub(super) fn is_clear(&self, token: &VerifiedToken, version: u64) -> bool {
        self.clear.has(token, version)
    }

    pub(super) fn note_clear(&self, token: &VerifiedToken, version: u64) {
        self.clear.note(token, version);
    }

    /// Under what a token may be held: by itself, its family, its subject, the subject's pseudonym
    /// and its fingerprint.
    fn of_token(&self, token: &VerifiedToken) -> [u128; 5] {
        let iss = recorded_issuer(token.iss());
        let pseudonym = self.pseudonyms.get().map_or(NOBODY, |pseudonyms| {
            self.subject(iss, &pseudonyms.recorded_subject(token.sub()))
        });
        [
            token
                .jti()
                .map_or(NOBODY, |jti| self.token(iss, recorded_id(jti))),
            token
                .family()
                .map_or(NOBODY, |family| self.family(iss, recorded_id(family))),
            self.subject(iss, recorded_id(token.sub())),
            pseudonym,
            self.fingerprint(recorded_id(token.fingerprint().as_str())),
        ]
    }

    fn of_target(&self, target: &Target) -> u128 {
        match target {
            Target::Token { iss, jti } => self.token(iss, jti),
            Target::Family { iss, family } => self.family(iss, family),
            Target::Subject { iss, sub, .. } => self.subject(iss, sub),
            Target::Fingerprint { fingerprint } => self.fingerprint(fingerprint),
        }
    }

    fn token(&self, iss: &str, jti: &str) -> u128 {
        self.hash(1, iss, jti)
    }

    fn family(&self, iss: &str, family: &str) -> u128 {
        self.hash(2, iss, family)
    }

    fn subject(&self, iss: &str, sub: &str) -> u128 {
        self.hash(3, iss, sub)
    }

    fn fingerprint(&self, fingerprint: &str) -> u128 {
        self.hash(4, "", fingerprint)
    }

    fn hash(&self, kind: u8, iss: &str, id: &str) -> u128 {
        let mut hasher = self.key;
        // With its length, so that no two pairs run together. A whole word, since what is not
        // aligned costs more.
        hasher.write(&((iss.len() as u64) << 8 | u64::from(kind)).to_le_bytes());
        hasher.write(iss.as_bytes());
        hasher.write(id.as_bytes());
        hasher.finish128().as_u128()
    }
}

impl Index {
    pub(super) fn new<'h>(holds: impl IntoIterator<Item = &'h Hold>, names: &Names) -> Self {
        let mut index = Self::default();
        for hold in holds {
            index.add(hold, names);
        }
        index
    }

    pub(super) const fn len(&self) -> usize {
        self.count
    }

    /// The entries that concern a token, here or in other services.
    pub(super) fn of(&self, token: &VerifiedToken, names: &Names) -> impl Iterator<Item = &Held> {
        let keys = names.of_token(token).into_iter();
        keys.filter_map(|key| self.holds.get(&key)).flatten()
    }

    fn add(&mut self, hold: &Hold, names: &Names) {
        self.count += 1;
        let before = match &hold.target {
            Target::Subject { before, .. } => before.map(Timestamp::as_seconds),
            _ => None,
        };
        let services = hold.services.iter().map(|name| name.as_str().into());
        let key = names.of_target(&hold.target);
        self.holds.entry(key).or_default().push(Held {
            reason: match hold.kind {
                Kind::Quarantine => Reason::Quarantined,
                Kind::Revocation => Reason::Revoked,
            },
            until: hold.until,
            before,
            services: services.collect(),
        });
    }
}

impl Held {
    pub(super) const fn reason(&self) -> Reason {
        self.reason
    }

    pub(super) fn holds(&self, token: &VerifiedToken, service: &str, now: Timestamp) -> bool {
        let here = self.services.is_empty() || self.services.iter().any(|name| **name == *service);
        // A token that does not say when it was issued counts as old.
        let meant = self
            .before
            .is_none_or(|before| token.iat().is_none_or(|issued| issued <= before));
        now < self.until && here && meant
    }
}

/// Revoked counts for more than quarantined.
pub(super) fn stronger(one: Reason, other: Reason) -> Reason {
    if one == Reason::Revoked { one } else { other }
}

/// The key of what a token does not have.
const NOBODY: u128 = 0;
