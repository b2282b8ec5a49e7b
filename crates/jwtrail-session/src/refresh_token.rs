use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwtrail_event::SecretToken;

use crate::{FamilyId, FamilyPlace};

/// The key under which refresh tokens are made, and the form that they have:
/// `jwtrail_rt_` and the base64url of version, family, generation and their HMAC-SHA-256.
///
/// The token of a place is always the same, so a successor can be given again without having
/// been stored, and a guess fails before anything is looked up.
pub(crate) struct RefreshKey(hmac::Key);

impl RefreshKey {
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The refresh token of a place.
    pub(crate) fn write(&self, place: FamilyPlace) -> SecretToken {
        let body = Body::of(place);
        let mut bytes = body.0.to_vec();
        bytes.extend_from_slice(self.tag(&body).as_ref());
        let mut text = String::with_capacity(TEXT_LENGTH);
        text.push_str(PREFIX);
        URL_SAFE_NO_PAD.encode_string(&bytes, &mut text);
        SecretToken::new(text)
    }

    /// The place that a refresh token names, if we made it.
    pub(crate) fn read(&self, token: &str) -> Option<FamilyPlace> {
        if token.len() != TEXT_LENGTH {
            return None;
        }
        let mut bytes = [0; BODY + TAG];
        let text = token.strip_prefix(PREFIX)?;
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        let (body, tag) = bytes.get(..length)?.split_first_chunk::<BODY>()?;
        // Constant time.
        hmac::verify(&self.0, &Body(*body).signed(), tag).ok()?;
        Body(*body).place()
    }

    /// Whether it is one that others have: the key of the access tokens, or zeros that nobody
    /// filled in.
    pub(crate) fn is_shared(&self, signing: Option<&hmac::Key>) -> bool {
        let unfilled = hmac::Key::new(hmac::HMAC_SHA256, &[0; 32]);
        let is = |other| hmac::verify(&self.0, LABEL, hmac::sign(other, LABEL).as_ref()).is_ok();
        is(&unfilled) || signing.is_some_and(is)
    }

    fn tag(&self, body: &Body) -> hmac::Tag {
        hmac::sign(&self.0, &body.signed())
    }
}

impl fmt::Debug for RefreshKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshKey(..)")
    }
}

struct Body([u8; BODY]);

impl Body {
    fn of(place: FamilyPlace) -> Self {
        let mut bytes = [0; BODY];
        let family = place.id.as_bits().to_be_bytes();
        let generation = place.generation.to_be_bytes();
        let parts = [VERSION].into_iter().chain(family).chain(generation);
        for (byte, value) in bytes.iter_mut().zip(parts) {
            *byte = value;
        }
        Self(bytes)
    }

    /// With a label in front, should the key ever be used for something else as well.
    fn signed(&self) -> [u8; LABEL.len() + BODY] {
        let mut bytes = [0; LABEL.len() + BODY];
        for (byte, value) in bytes.iter_mut().zip(LABEL.iter().chain(&self.0)) {
            *byte = *value;
        }
        bytes
    }

    fn place(&self) -> Option<FamilyPlace> {
        let (version, rest) = self.0.split_first()?;
        let (family, generation) = rest.split_first_chunk::<16>()?;
        (*version == VERSION).then_some(FamilyPlace {
            id: FamilyId::from_bits(u128::from_be_bytes(*family)),
            generation: u64::from_be_bytes(generation.try_into().ok()?),
        })
    }
}

/// Distinguishes a refresh token at sight, for people and for secret scanners.
const PREFIX: &str = "jwtrail_rt_";
const LABEL: &[u8] = b"jwtrail refresh token\0";
const VERSION: u8 = 1;
const BODY: usize = 1 + 16 + 8;
const TAG: usize = 32;
const TEXT_LENGTH: usize = PREFIX.len() + (BODY + TAG) / 3 * 4;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_token_of_a_place_is_always_the_same_and_reads_back(id: u128, generation: u64) {
            let key = RefreshKey::new(&[7; 32]);
            let place = FamilyPlace { id: FamilyId::from_bits(id), generation };
            let token = key.write(place);
            let again = key.write(place);
            prop_assert_eq!(again.expose(), token.expose());
            prop_assert_eq!(key.read(token.expose()), Some(place));
            prop_assert_eq!(RefreshKey::new(&[8; 32]).read(token.expose()), None);
        }

        #[test]
        fn a_changed_character_is_refused(id: u128, generation: u64, at in 0..TEXT_LENGTH, other: char) {
            let key = RefreshKey::new(&[7; 32]);
            let token = key.write(FamilyPlace { id: FamilyId::from_bits(id), generation });
            let mut chars: Vec<char> = token.expose().chars().collect();
            prop_assume!(chars[at] != other);
            chars[at] = other;
            prop_assert_eq!(key.read(&chars.iter().collect::<String>()), None);
        }

        #[test]
        fn text_from_outside_is_refused(text: String) {
            prop_assert_eq!(RefreshKey::new(&[7; 32]).read(&text), None);
        }
    }

    #[test]
    fn another_version_is_refused_even_when_its_tag_holds() {
        let key = RefreshKey::new(&[7; 32]);
        let mut body = Body::of(FamilyPlace {
            id: FamilyId::from_bits(1),
            generation: 1,
        });
        body.0[0] = VERSION + 1;
        let bytes = [&body.0, key.tag(&body).as_ref()].concat();
        let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
        assert_eq!(token.len(), TEXT_LENGTH);
        assert_eq!(key.read(&token), None);
    }
}
