use jwtrail_event::{Reason, Step, Steps, Timestamp};

use crate::claims::Hearsay;
use crate::header::{Head, Header};
use crate::json::Members;
use crate::jws::{Decoded, Parts};
use crate::keys::{KeyEpoch, MissingKey, Snapshot};
use crate::known_headers::KnownHeader;
use crate::rejection::Shown;
use crate::{Rejection, Verifier, json};

/// A token's bytes.
pub(super) struct Compact<'t> {
    parts: Parts<'t>,
    decoded: Decoded,
    known: Option<&'t KnownHeader>,
}

/// What stands in them.
pub(super) struct Document<'d> {
    pub(super) header: Head<'d>,
    pub(super) payload: Members<'d>,
    /// As it was sent.
    pub(super) text: &'d str,
}

impl<'t> Compact<'t> {
    /// The step `parse`, but for what stands in the bytes.
    pub(super) fn decode(token: &'t str, keys: &'t Snapshot) -> Result<Self, Failure> {
        let Some(parts) = Parts::split(token) else {
            return Err(Failure::at(Step::Parse, Reason::MalformedToken));
        };
        let known = keys.known_header(parts.header);
        let decoded = match known {
            Some(_) => parts.decode_after_header(),
            None => parts.decode(),
        };
        let Some(decoded) = decoded else {
            let (header, payload) = parts.salvage();
            let header = header.as_deref().and_then(json::object).map(Head::Read);
            let payload = payload.as_deref().and_then(json::object);
            let failure = Failure::at(Step::Parse, Reason::MalformedToken);
            return Err(failure.showing(header.as_ref(), payload.as_ref()));
        };
        Ok(Self {
            parts,
            decoded,
            known,
        })
    }

    /// The rest of it.
    pub(super) fn read(&self) -> Result<Document<'_>, Failure> {
        let text = std::str::from_utf8(&self.decoded.payload).ok();
        let header = match self.known {
            Some(known) => Some(Head::Known(known)),
            None => json::object(&self.decoded.header).map(Head::Read),
        };
        let payload = text.and_then(json::object_in);
        match (header, payload, text) {
            (Some(header), Some(payload), Some(text)) => Ok(Document {
                header,
                payload,
                text,
            }),
            (header, payload, _) => {
                let failure = Failure::at(Step::Parse, Reason::MalformedToken);
                Err(failure.showing(header.as_ref(), payload.as_ref()))
            }
        }
    }

    /// The steps `header`, `key` and `signature`. Gives the keys under which it held.
    pub(super) fn check_signature(
        &self,
        document: &Document<'_>,
        keys: &Snapshot,
        now: Timestamp,
    ) -> Result<KeyEpoch, Failure> {
        let checked = self.check(document, keys, now);
        checked.map_err(|failure| failure.showing(Some(&document.header), Some(&document.payload)))
    }

    /// The token held: others with the same header need not have it read.
    pub(super) fn remember_header(&self, header: &Head<'_>, keys: &Snapshot, under: KeyEpoch) {
        if let Head::Read(members) = header {
            keys.remember_header(self.parts.header, members, under);
        }
    }

    fn check(
        &self,
        document: &Document<'_>,
        keys: &Snapshot,
        now: Timestamp,
    ) -> Result<KeyEpoch, Failure> {
        let Document {
            header, payload, ..
        } = document;
        let algorithm = header
            .check(|algorithm| keys.allows(algorithm))
            .map_err(|reason| Failure::at(Step::Header, reason))?;
        let (key, epoch) = keys
            .select(header.kid(), algorithm, payload.get("iss"), now)
            .map_err(|none| Failure {
                missing: none.missing.map(Box::new),
                ..Failure::at(Step::Key, none.reason)
            })?;
        match key.holds(self.parts.signed.as_bytes(), &self.decoded.signature) {
            true => Ok(epoch),
            false => Err(Failure::at(Step::Signature, Reason::BadSignature)),
        }
    }
}

impl Verifier {
    pub(super) fn reject(&self, token: &str, failure: Failure) -> Box<Rejection> {
        let before = Step::ALL.iter().take_while(|step| **step != failure.step);
        let mut steps = Steps::default();
        before.for_each(|step| steps.passed(*step));
        let Said { header, claimed } = *failure.said;
        let shown = Shown::Unverified {
            header,
            claimed,
            fingerprint: self.fingerprint(token),
        };
        Rejection::new(steps, failure.step, failure.reason, shown).with_missing(failure.missing)
    }
}

/// A step up to the signature failed; nothing that the token says is believed.
pub(super) struct Failure {
    step: Step,
    reason: Reason,
    said: Box<Said>,
    /// The key that a newer set may have.
    missing: Option<Box<MissingKey>>,
}

#[derive(Default)]
struct Said {
    header: Header<'static>,
    claimed: Hearsay,
}

impl Failure {
    pub(super) fn at(step: Step, reason: Reason) -> Self {
        Self {
            step,
            reason,
            said: Box::default(),
            missing: None,
        }
    }

    fn showing(mut self, header: Option<&Head<'_>>, payload: Option<&Members<'_>>) -> Self {
        let header = header.map(Head::texts).unwrap_or_default();
        self.said.header = header.into_owned();
        self.said.claimed = payload.map(Hearsay::read).unwrap_or_default();
        self
    }
}
