use std::sync::Arc;

use jwtrail_event::events::{self, TokenHeader};
use jwtrail_event::{Fingerprint, Text};

use crate::claims::{Claims, PackedTimes, Times};
use crate::header::Header;
use crate::texts::Texts;
use crate::{Confirmation, ScopeSet};

/// A token whose signature held under a key bound to its issuer: header and claims, never the
/// token itself.
pub(crate) struct SignedToken {
    /// Its source is the payload as JSON, which has been read once and is an object without
    /// duplicate members: it takes a fraction of the memory of its values.
    texts: Texts<9>,
    pub(crate) scope: ScopeSet,
    times: PackedTimes,
    pub(crate) fingerprint: Fingerprint,
    rare: Option<Box<Rare>>,
}

/// What most tokens have nothing of.
struct Rare {
    /// `aud` beyond the first.
    more_audiences: Box<[Box<str>]>,
    scope_classes: Box<[Arc<str>]>,
    confirmation: Option<Box<Confirmation>>,
}

/// The places of the texts.
const KID: usize = 0;
const ALG: usize = 1;
const TYP: usize = 2;
const JTI: usize = 3;
const SUB: usize = 4;
const ISS: usize = 5;
const CLIENT: usize = 6;
const SID: usize = 7;
const AUD: usize = 8;

impl SignedToken {
    /// The claims were read out of the payload.
    pub(crate) fn pack(
        header: &Header<'_>,
        claims: Claims<'_>,
        payload: &str,
        fingerprint: Fingerprint,
    ) -> Self {
        let mut audiences = claims.aud.unwrap_or_default().into_iter();
        let texts = Texts::pack(
            payload,
            [
                header.kid.as_deref(),
                header.alg.as_deref(),
                header.typ.as_deref(),
                claims.jti,
                claims.sub,
                claims.iss,
                claims.client_id,
                claims.sid,
                audiences.next(),
            ],
        );
        Self {
            texts,
            scope: claims.scope,
            times: PackedTimes::pack(&claims.times),
            fingerprint,
            rare: Rare {
                more_audiences: audiences.map(Box::from).collect(),
                scope_classes: claims.scope_classes,
                confirmation: claims.cnf,
            }
            .kept(),
        }
    }

    /// About how much memory it takes beside the structure itself, in bytes.
    pub(crate) fn memory(&self) -> usize {
        let rare = self.rare.as_ref().map_or(0, |rare| RARE + rare.memory());
        self.texts.len() + self.scope.as_str().len() + rare
    }

    pub(crate) fn times(&self) -> Times {
        self.times.unpack()
    }

    pub(crate) fn scope_classes(&self) -> &[Arc<str>] {
        self.rare.as_ref().map_or(&[], |rare| &rare.scope_classes)
    }

    pub(crate) fn confirmation(&self) -> Option<&Confirmation> {
        self.rare.as_ref()?.confirmation.as_deref()
    }

    pub(crate) fn payload(&self) -> &str {
        self.texts.source()
    }

    pub(crate) fn iss(&self) -> Option<&str> {
        self.texts.get(ISS)
    }

    pub(crate) fn sub(&self) -> Option<&str> {
        self.texts.get(SUB)
    }

    pub(crate) fn jti(&self) -> Option<&str> {
        self.texts.get(JTI)
    }

    pub(crate) fn client_id(&self) -> Option<&str> {
        self.texts.get(CLIENT)
    }

    pub(crate) fn sid(&self) -> Option<&str> {
        self.texts.get(SID)
    }

    pub(crate) fn aud(&self) -> impl Iterator<Item = &str> {
        let more = self.rare.iter().flat_map(|rare| &rare.more_audiences);
        self.texts
            .get(AUD)
            .into_iter()
            .chain(more.map(AsRef::as_ref))
    }

    /// What the audit event says of the token's bytes.
    pub(crate) fn event_header(&self) -> TokenHeader<'_> {
        let text = |place| self.texts.get(place).map(Text::from);
        TokenHeader {
            kid: text(KID),
            alg: text(ALG),
            typ: text(TYP),
            fingerprint: Some(Text::from(self.fingerprint.as_str())),
        }
    }

    /// What the audit event says of the claims.
    pub(crate) fn event_claims(&self) -> events::Claims<'_> {
        let times = self.times();
        events::Claims {
            jti: self.jti().map(Text::from),
            sub: self.sub().map(Text::from),
            iss: self.iss().map(Text::from),
            aud: self.aud().map(Text::from).collect(),
            client_id: self.client_id().map(Text::from),
            scope: (!self.scope.is_empty()).then(|| Text::from(self.scope.as_str())),
            scope_class: self
                .scope_classes()
                .first()
                .map(|class| Text::from(&**class)),
            exp: times.exp,
            iat: times.iat,
        }
    }
}

impl Rare {
    /// Nothing is kept of nothing.
    fn kept(self) -> Option<Box<Self>> {
        let nothing = self.more_audiences.is_empty()
            && self.scope_classes.is_empty()
            && self.confirmation.is_none();
        (!nothing).then(|| Box::new(self))
    }

    fn memory(&self) -> usize {
        let audiences = self.more_audiences.iter();
        let audiences: usize = audiences.map(|audience| AUDIENCE + audience.len()).sum();
        let confirmation = self.confirmation.as_ref();
        audiences + confirmation.map_or(0, |_| size_of::<Confirmation>())
    }
}

/// The structure of what is rare, and the allocator's share, in bytes.
const RARE: usize = 64;
/// What one more audience takes beyond its text, in bytes.
const AUDIENCE: usize = 48;
