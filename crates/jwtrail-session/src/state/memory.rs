use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use jwtrail_event::Timestamp;
use jwtrail_verify::{ClearTokens, VerifiedToken};

use super::crowd;
use super::name_hash::NameHash;
use super::shards::Shards;
use super::{Advance, Revocation, State, Swap, TokenIdentity};
use crate::{Answer, Family, FamilyId, StateError};

/// Families and revocations in the memory of this process: they are lost with it, and are known
/// to no other instance.
///
/// Everything is bounded; when there is no room, logins and revocations are refused. Before that
/// the subject with the most families loses all but its newest, some hundred, if it has more: so
/// no subject can lock out the others. Names of what was revoked are kept as keyed hashes.
///
/// A family takes about 400 bytes, a revocation about 100.
///
/// ```
/// use jwtrail_session::MemoryState;
/// let state = MemoryState::with_capacity(1_000, 1_000);
/// ```
pub struct MemoryState {
    families: Shards<Family>,
    family_revoked: AtomicBool,
    tokens: Shards<()>,
    token_revoked: AtomicBool,
    subjects: Shards<Timestamp>,
    subject_revoked: AtomicBool,
    names: NameHash,
    clear: ClearTokens,
    /// Goes up after each revocation.
    version: AtomicU64,
}

impl MemoryState {
    /// With room for a million families and as many revocations of tokens and of subjects.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(1_000_000, 1_000_000)
    }

    /// With room for about so many families, and revocations of tokens and of subjects each.
    #[must_use]
    pub fn with_capacity(families: usize, revocations: usize) -> Self {
        Self {
            families: Shards::new("family", families),
            family_revoked: AtomicBool::new(false),
            tokens: Shards::new("revocation", revocations),
            token_revoked: AtomicBool::new(false),
            subjects: Shards::new("revocation", revocations),
            subject_revoked: AtomicBool::new(false),
            names: NameHash::random(),
            clear: ClearTokens::new(),
            version: AtomicU64::new(1),
        }
    }

    /// To be called when what was revoked can be found.
    fn revoked(&self, kind: &AtomicBool) {
        kind.store(true, Ordering::Release);
        self.version.fetch_add(1, Ordering::Release);
    }

    fn family_is_revoked(&self, id: FamilyId, now: Timestamp) -> bool {
        let families = self.families.read(id.as_bits());
        let family = families.live(id.as_bits(), now);
        family.is_some_and(|family| family.revoked)
    }

    fn subject_revoked_before(&self, key: u128, now: Timestamp) -> Option<Timestamp> {
        self.subjects.read(key).live(key, now).copied()
    }

    fn is_any_revoked(&self, token: &TokenIdentity<'_>, now: Timestamp) -> bool {
        // Most processes never revoked anything of a kind: then it costs one load.
        let ever = |kind: &AtomicBool| kind.load(Ordering::Acquire);
        let by_family = ever(&self.family_revoked)
            && token
                .family
                .is_some_and(|id| self.family_is_revoked(id, now));
        let by_token = || {
            ever(&self.token_revoked) && {
                let key = self.names.token(token.issuer, token.id);
                self.tokens.read(key).live(key, now).is_some()
            }
        };
        let by_subject = || {
            ever(&self.subject_revoked)
                && self
                    .subject_revoked_before(self.names.subject(token.issuer, token.subject), now)
                    .is_some_and(|before| {
                        token.issued_at.is_none_or(|iat| iat <= before.as_seconds())
                    })
        };
        by_family || by_token() || by_subject()
    }
}

impl State for MemoryState {
    fn answers_at_once(&self) -> bool {
        true
    }

    fn open(
        &self,
        id: FamilyId,
        family: Family,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'_, Result<(), StateError>> {
        let key = id.as_bits();
        let mut families = self.families.write(key);
        if families.live(key, now).is_some() {
            return Answer::Ready(Err(StateError::Exists));
        }
        if !families.has_room(now) && !crowd::thin_out(&mut families, now) {
            return Answer::Ready(Err(self.families.full()));
        }
        let put = families.put(key, family, until, now);
        Answer::Ready(put.map_err(|_| self.families.full()))
    }

    fn family(
        &self,
        id: FamilyId,
        now: Timestamp,
    ) -> Answer<'_, Result<Option<Family>, StateError>> {
        let families = self.families.read(id.as_bits());
        Answer::Ready(Ok(families.live(id.as_bits(), now).cloned()))
    }

    fn advance(
        &self,
        id: FamilyId,
        advance: Advance,
        now: Timestamp,
    ) -> Answer<'_, Result<Swap, StateError>> {
        let mut families = self.families.write(id.as_bits());
        let family = families.live_mut(id.as_bits(), now);
        let swap = match family {
            Some(family) if !family.revoked && family.generation == advance.from => {
                family.generation = advance.from.saturating_add(1);
                family.rotated_at = advance.at;
                family.access_jti = advance.access_jti;
                Swap::Done
            }
            other => Swap::Lost(other.cloned()),
        };
        Answer::Ready(Ok(swap))
    }

    fn revoke_family(
        &self,
        id: FamilyId,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'_, Result<Option<Family>, StateError>> {
        let key = id.as_bits();
        let mut families = self.families.write(key);
        let Some(family) = families.live_mut(key, now) else {
            return Answer::Ready(Ok(None));
        };
        let before = family.clone();
        if !before.revoked {
            family.revoked = true;
            families.end_at(key, until);
            self.revoked(&self.family_revoked);
        }
        Answer::Ready(Ok(Some(before)))
    }

    fn revoke<'a>(
        &'a self,
        revocation: Revocation<'a>,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'a, Result<(), StateError>> {
        Answer::Ready(match revocation {
            Revocation::Token { issuer, id } => {
                let key = self.names.token(issuer, id);
                let put = self.tokens.write(key).put(key, (), until, now);
                self.revoked(&self.token_revoked);
                put.map_err(|_| self.tokens.full())
            }
            Revocation::Subject {
                issuer,
                subject,
                before,
            } => {
                let key = self.names.subject(issuer, subject);
                let mut subjects = self.subjects.write(key);
                let before = subjects
                    .live(key, now)
                    .map_or(before, |known| before.max(*known));
                let put = subjects.put(key, before, until, now);
                self.revoked(&self.subject_revoked);
                put.map_err(|_| self.subjects.full())
            }
        })
    }

    fn revoked_before<'a>(
        &'a self,
        issuer: &'a str,
        subject: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Result<Option<Timestamp>, StateError>> {
        let key = self.names.subject(issuer, subject);
        Answer::Ready(Ok(self.subject_revoked_before(key, now)))
    }

    fn is_revoked<'a>(
        &'a self,
        token: TokenIdentity<'a>,
        now: Timestamp,
    ) -> Answer<'a, Result<bool, StateError>> {
        Answer::Ready(Ok(self.is_any_revoked(&token, now)))
    }

    fn is_token_revoked<'a>(
        &'a self,
        token: &'a VerifiedToken,
        issuer: &str,
        now: Timestamp,
    ) -> Answer<'a, Result<bool, StateError>> {
        // What ends by the clock only makes a token clearer.
        let version = self.version.load(Ordering::Acquire);
        if self.clear.has(token, version) {
            return Answer::Ready(Ok(false));
        }
        let identity = TokenIdentity::of(token, issuer);
        let revoked = self.is_any_revoked(&identity, now);
        // The family may be known to who asks for another issuer.
        if !revoked && (identity.family.is_some() || token.family().is_none()) {
            self.clear.note(token, version);
        }
        Answer::Ready(Ok(revoked))
    }
}

impl Default for MemoryState {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryState").finish_non_exhaustive()
    }
}
