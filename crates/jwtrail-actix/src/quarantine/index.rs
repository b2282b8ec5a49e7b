use std::collections::HashMap;
use std::hash::Hasher as _;
use std::sync::{Arc, OnceLock};

use jwtrail_event::quarantine::{Hold, Kind, Target, recorded_id, recorded_issuer};
use jwtrail_event::{Pseudonyms, Reason, Timestamp};
use jwtrail_verify::{AlreadyHashed, ClearTokens, VerifiedToken};
use siphasher::sip128::{Hasher128 as _, SipHasher24};

use super::filter::Filter;
use crate::random;

/// The list, by what is known of a token. Made anew with each change, never changed.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// By the keys of [`Names`].
    holds: HashMap<u128, Vec<Held>, AlreadyHashed>,
    filter: Filter,
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

    /// Under what a token may be held: by itself, its family, its subject and its fingerprint;
    /// and by the subject's pseudonym.
    fn of_token(&self, token: &VerifiedToken, filter: &Filter) -> [u128; 5] {
        let iss = recorded_issuer(token.iss());
        let known = |kind, iss: &str, id: &str| {
            let id = recorded_id(id);
            match filter.may_have(kind, id) {
                true => self.hash(kind, iss, id),
                false => NOBODY,
            }
        };
        let pseudonym = self.pseudonyms.get().map_or(NOBODY, |pseudonyms| {
            known(SUBJECT, iss, &pseudonyms.recorded_subject(token.sub()))
        });
        [
            token.jti().map_or(NOBODY, |jti| known(TOKEN, iss, jti)),
            token.family().map_or(NOBODY, |id| known(FAMILY, iss, id)),
            known(SUBJECT, iss, token.sub()),
            pseudonym,
            known(FINGERPRINT, "", token.fingerprint().as_str()),
        ]
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
        let holds: Vec<&Hold> = holds.into_iter().collect();
        let mut index = Self {
            filter: Filter::for_many(holds.len()),
            ..Self::default()
        };
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
        let keys = names.of_token(token, &self.filter).into_iter();
        let keys = keys.filter(|key| *key != NOBODY);
        keys.filter_map(|key| self.holds.get(&key)).flatten()
    }

    fn add(&mut self, hold: &Hold, names: &Names) {
        self.count += 1;
        let before = match &hold.target {
            Target::Subject { before, .. } => before.map(Timestamp::as_seconds),
            _ => None,
        };
        let services = hold.services.iter().map(|name| name.as_str().into());
        let (kind, iss, id) = named(&hold.target);
        self.filter.add(kind, id);
        let key = names.hash(kind, iss, id);
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

/// What an entry concerns: the kind of name, whose it is, and the name.
fn named(target: &Target) -> (u8, &str, &str) {
    match target {
        Target::Token { iss, jti } => (TOKEN, iss, jti),
        Target::Family { iss, family } => (FAMILY, iss, family),
        Target::Subject { iss, sub, .. } => (SUBJECT, iss, sub),
        Target::Fingerprint { fingerprint } => (FINGERPRINT, "", fingerprint),
    }
}

/// Revoked counts for more than quarantined.
pub(super) fn stronger(one: Reason, other: Reason) -> Reason {
    if one == Reason::Revoked { one } else { other }
}

const TOKEN: u8 = 1;
const FAMILY: u8 = 2;
const SUBJECT: u8 = 3;
const FINGERPRINT: u8 = 4;
/// The key of what a token does not have, or nobody holds it by.
const NOBODY: u128 = 0;
