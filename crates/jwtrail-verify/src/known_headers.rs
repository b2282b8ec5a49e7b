use std::sync::OnceLock;

use crate::claims::Typ;
use crate::json::Members;
use crate::{Algorithm, header};

/// Headers of tokens that held, by their very text: most of an issuer's tokens have the same one,
/// so that it need be neither decoded nor read again.
///
/// Only what follows from the text alone is kept. Whether the algorithm is allowed, which key
/// serves, and what `typ` must be is asked anew of each token. The places are filled once and
/// go with the keys: when those change there are new ones.
#[derive(Default)]
pub(crate) struct KnownHeaders([OnceLock<Entry>; PLACES]);

struct Entry {
    /// Its place among the issuers. Each has a share of the places.
    issuer: usize,
    segment: Box<str>,
    header: KnownHeader,
}

/// A header without anything to refuse, but maybe its algorithm.
pub(crate) struct KnownHeader {
    algorithm: Algorithm,
    kid: Option<Box<str>>,
    typ: Option<Box<str>>,
}

impl KnownHeaders {
    pub(crate) fn find(&self, segment: &str) -> Option<&KnownHeader> {
        let entry = self.entries().find(|entry| *entry.segment == *segment);
        entry.map(|entry| &entry.header)
    }

    /// Keeps the header of a token that held, if there is a place for it.
    pub(crate) fn remember(&self, segment: &str, members: &Members<'_>, issuer: usize) {
        let is_known = || self.entries().any(|entry| *entry.segment == *segment);
        let own = self.entries().filter(|entry| entry.issuer == issuer);
        if segment.len() > LONGEST || own.count() >= SHARE || is_known() {
            return;
        }
        let Some(place) = self.0.get(self.entries().count()) else {
            return;
        };
        if let Some(header) = KnownHeader::of(members) {
            // Another thread may take the place first: then a later token takes the next.
            place.get_or_init(|| Entry {
                issuer,
                segment: segment.into(),
                header,
            });
        }
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.entries().count()
    }

    /// The places are taken in order.
    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter().map_while(OnceLock::get)
    }
}

impl KnownHeader {
    fn of(members: &Members<'_>) -> Option<Self> {
        let typ = match header::typ(members) {
            Typ::Absent => None,
            Typ::Text(text) => Some(text.into()),
            Typ::NoText => return None,
        };
        Some(Self {
            algorithm: header::check(members, |_| true).ok()?,
            kid: members.text("kid").map(Box::from),
            typ,
        })
    }

    pub(crate) const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    pub(crate) fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }
}

const PLACES: usize = 16;
/// Of one issuer: during a rotation, or with more than one kind of tokens, it has a few.
const SHARE: usize = 4;
/// In bytes: none that is longer is kept.
const LONGEST: usize = 512;

#[cfg(test)]
mod tests {
    use jwtrail_event::Timestamp;
    use jwtrail_forge::Forge;

    use super::*;
    use crate::{KeySet, Seed, Verifier, json};

    #[test]
    fn a_header_is_known_when_a_token_with_it_held_and_until_the_keys_change() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let forge = Forge::new(now);
        let keys = || KeySet::from_jwks(forge.jwks()).unwrap();
        let builder = Verifier::builder().issuer(forge.issuer(), keys());
        let verifier = builder.audience(forge.audience()).build(Seed::new([7; 32]));
        let verifier = verifier.unwrap();
        let good = forge.token().sign();
        let (segment, _) = good.expose().split_once('.').unwrap();
        let is_known = || verifier.keys.load().known_header(segment).is_some();
        for bad in [
            forge.token().signed_by_stranger().sign(),
            forge.token().audience("another-service").sign(),
        ] {
            assert!(bad.expose().starts_with(segment));
            assert!(verifier.verify(bad.expose(), now).is_err());
            assert!(!is_known());
        }
        assert!(verifier.verify(good.expose(), now).is_ok());
        assert!(is_known());
        let other = forge.token().subject("somebody else").sign();
        assert!(verifier.verify(other.expose(), now).is_ok());
        assert_eq!(verifier.keys.load().known_headers(), 1);
        verifier.replace_keys(forge.issuer(), keys()).unwrap();
        assert!(!is_known());
    }

    #[test]
    fn what_was_read_is_what_is_known() {
        let known = KnownHeaders::default();
        let header = r#"{"alg":"ES256","kid":"k1","typ":"AT+jwt"}"#;
        known.remember("one", &json::object_in(header).unwrap(), 0);
        let found = known.find("one").unwrap();
        assert_eq!(found.algorithm(), Algorithm::Es256);
        assert_eq!((found.kid(), found.typ()), (Some("k1"), Some("AT+jwt")));
        for other in ["", "on", "one.", "ONE", "two"] {
            assert!(known.find(other).is_none(), "{other}");
        }
    }

    #[test]
    fn many_headers_take_few_places_and_each_issuer_its_share() {
        let known = KnownHeaders::default();
        let members = json::object_in(r#"{"alg":"ES256"}"#).unwrap();
        for issuer in 0..100 {
            for number in 0..100 {
                known.remember(&format!("{issuer}-{number}"), &members, issuer);
            }
        }
        assert_eq!(known.len(), PLACES);
        for issuer in 0..PLACES / SHARE {
            let own = known.entries().filter(|entry| entry.issuer == issuer);
            assert_eq!(own.count(), SHARE);
            assert!(known.find(&format!("{issuer}-0")).is_some());
        }
    }

    #[test]
    fn nothing_is_kept_of_what_would_be_refused_or_is_long() {
        let known = KnownHeaders::default();
        let keep = |segment: &str, header| {
            known.remember(segment, &json::object_in(header).unwrap(), 0);
        };
        for refused in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"ES256","crit":["exp"]}"#,
            r#"{"alg":"ES256","b64":false}"#,
            r#"{"alg":"ES256","jku":"https://elsewhere.example"}"#,
            r#"{"alg":"ES256","kid":7}"#,
            r#"{"alg":"ES256","typ":7}"#,
        ] {
            keep("segment", refused);
        }
        keep(&"x".repeat(LONGEST + 1), r#"{"alg":"ES256"}"#);
        assert_eq!(known.len(), 0);
        keep("segment", r#"{"alg":"ES256"}"#);
        keep("segment", r#"{"alg":"ES256"}"#);
        assert_eq!(known.len(), 1);
    }
}
