use std::collections::HashMap;

use jwtrail_event::quarantine::{Hold, Kind, Target, recorded_id, recorded_issuer};
use jwtrail_event::{Reason, Timestamp};
use jwtrail_verify::VerifiedToken;

/// The list, by what is known of a token. Made anew with each change, never changed.
#[derive(Debug, Default)]
pub(super) struct Index {
    issuers: HashMap<Box<str>, OfIssuer>,
    fingerprints: Holds,
    count: usize,
}

#[derive(Debug, Default)]
struct OfIssuer {
    tokens: Holds,
    families: Holds,
    subjects: Holds,
}

type Holds = HashMap<Box<str>, Vec<Held>>;

/// One entry, as far as the request must know it.
#[derive(Debug)]
struct Held {
    reason: Reason,
    until: Timestamp,
    /// Seconds; only tokens that were issued up to then.
    before: Option<i64>,
    /// Empty: every service.
    services: Box<[Box<str>]>,
}

impl Index {
    pub(super) fn of<'h>(holds: impl IntoIterator<Item = &'h Hold>) -> Self {
        let mut index = Self::default();
        for hold in holds {
            index.add(hold);
        }
        index
    }

    pub(super) const fn len(&self) -> usize {
        self.count
    }

    /// Why a token is refused, if it is. Revoked counts for more than quarantined.
    pub(super) fn refuses(
        &self,
        token: &VerifiedToken,
        service: &str,
        now: Timestamp,
    ) -> Option<Reason> {
        if self.count == 0 {
            return None;
        }
        let issuer = self.issuers.get(recorded_issuer(token.iss()));
        let find = |holds: &'_ Holds, id: Option<&str>| -> Option<Reason> {
            let held = holds.get(recorded_id(id?))?.iter();
            let holding = held.filter(|held| held.holds(token, service, now));
            holding.map(|held| held.reason).reduce(stronger)
        };
        let by_issuer = issuer.into_iter().flat_map(|of| {
            [
                find(&of.tokens, token.jti()),
                find(&of.families, token.family()),
                find(&of.subjects, Some(token.sub())),
            ]
        });
        let by_fingerprint = find(&self.fingerprints, Some(token.fingerprint().as_str()));
        by_issuer.chain([by_fingerprint]).flatten().reduce(stronger)
    }

    fn add(&mut self, hold: &Hold) {
        self.count += 1;
        let mut before = None;
        let holds = match &hold.target {
            Target::Fingerprint { fingerprint } => {
                self.fingerprints.entry(fingerprint.as_str().into())
            }
            Target::Token { iss, jti } => self.issuer(iss).tokens.entry(jti.as_str().into()),
            Target::Family { iss, family } => {
                self.issuer(iss).families.entry(family.as_str().into())
            }
            Target::Subject {
                iss,
                sub,
                before: moment,
            } => {
                before = moment.map(Timestamp::as_seconds);
                self.issuer(iss).subjects.entry(sub.as_str().into())
            }
        };
        let services = hold.services.iter().map(|name| name.as_str().into());
        holds.or_default().push(Held {
            reason: match hold.kind {
                Kind::Quarantine => Reason::Quarantined,
                Kind::Revocation => Reason::Revoked,
            },
            until: hold.until,
            before,
            services: services.collect(),
        });
    }

    fn issuer(&mut self, iss: &str) -> &mut OfIssuer {
        self.issuers.entry(iss.into()).or_default()
    }
}

impl Held {
    fn holds(&self, token: &VerifiedToken, service: &str, now: Timestamp) -> bool {
        let here = self.services.is_empty() || self.services.iter().any(|name| **name == *service);
        // A token that does not say when it was issued counts as old.
        let meant = self
            .before
            .is_none_or(|before| token.iat().is_none_or(|issued| issued <= before));
        now < self.until && here && meant
    }
}

fn stronger(one: Reason, other: Reason) -> Reason {
    if one == Reason::Revoked { one } else { other }
}
