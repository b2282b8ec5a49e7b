use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Which part of a secret was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// All of it, or of an opaque one any.
    Whole,
    /// A token's payload: its claims can be read.
    Payload,
    /// A token's signature.
    Signature,
}

/// How a secret was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LeakForm {
    /// As it is.
    Plain,
    /// Percent-encoded (RFC 3986 section 2.1), once or twice.
    Percent,
    /// With the escapes of a JSON string.
    Escaped,
    /// In base64, standard or for URLs.
    Base64,
    /// In hexadecimal.
    Hex,
    /// With line ends in it.
    Split,
}

/// A text that gives a secret away.
#[derive(Debug)]
pub(super) struct Needle {
    pub(super) secret: usize,
    pub(super) part: Part,
    pub(super) form: LeakForm,
    pub(super) text: Vec<u8>,
}

/// The needles of all secrets; a text that several would have is the first one's.
pub(super) fn of<'s>(secrets: impl Iterator<Item = &'s str>) -> Vec<Needle> {
    let mut needles = Needles::default();
    for (secret, text) in secrets.enumerate() {
        if text.len() < SHORTEST {
            continue;
        }
        let parts: Vec<&str> = text.split('.').collect();
        let is_token = text.starts_with("eyJ") && parts.len() >= 2;
        let parts: Vec<(Part, &str)> = if is_token {
            let last = parts.len() - 1;
            let parts = parts.iter().enumerate().skip(1);
            let parts = parts.map(|(at, part)| match at {
                1 => (Part::Payload, *part),
                at if at == last => (Part::Signature, *part),
                _ => (Part::Payload, *part),
            });
            parts.filter(|(_, part)| part.len() >= BLOCK).collect()
        } else {
            vec![(Part::Whole, text)]
        };
        if parts.is_empty() {
            needles.forms(secret, Part::Whole, text.as_bytes());
        }
        for (part, text) in parts {
            needles.forms(secret, part, text.as_bytes());
        }
    }
    needles.all
}

#[derive(Default)]
struct Needles {
    all: Vec<Needle>,
    known: HashSet<Vec<u8>>,
}

impl Needles {
    fn forms(&mut self, secret: usize, part: Part, text: &[u8]) {
        let mut add = |form, text: &[u8], block| self.blocks(secret, part, form, text, block);
        add(LeakForm::Plain, text, BLOCK);
        let hex: String = text.iter().map(|byte| format!("{byte:02x}")).collect();
        add(LeakForm::Hex, hex.as_bytes(), 2 * BLOCK);
        add(
            LeakForm::Hex,
            hex.to_ascii_uppercase().as_bytes(),
            2 * BLOCK,
        );
        // What stands before the secret shifts its base64: three ways to fall. The characters
        // at the ends mix with the neighbours and are left out.
        for shift in 0..3_usize {
            let shifted = [vec![0; shift], text.to_vec()].concat();
            for encoded in [
                STANDARD_NO_PAD.encode(&shifted),
                URL_SAFE_NO_PAD.encode(&shifted),
            ] {
                let from = shift.div_ceil(3) * 4;
                let inner = encoded.as_bytes().get(from..shifted.len() / 3 * 4);
                add(LeakForm::Base64, inner.unwrap_or_default(), BLOCK);
            }
        }
    }

    /// Blocks end to end: whoever has twice a block on end has one of them whole. A shorter text
    /// is one needle.
    fn blocks(&mut self, secret: usize, part: Part, form: LeakForm, text: &[u8], block: usize) {
        let block = if text.len() < 2 * block {
            text.len()
        } else {
            block
        };
        if block < SHORTEST {
            return;
        }
        for text in text.chunks_exact(block) {
            if self.known.insert(text.to_vec()) {
                self.all.push(Needle {
                    secret,
                    part,
                    form,
                    text: text.to_vec(),
                });
            }
        }
    }
}

/// 12 characters of base64url are 72 bits: nobody writes them by chance.
const BLOCK: usize = 12;
/// Shorter texts are found everywhere and hide nothing.
const SHORTEST: usize = 8;
