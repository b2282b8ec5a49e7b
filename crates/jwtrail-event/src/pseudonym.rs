mod address;
mod key;

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use self::key::Key;
use crate::{EventName, Record, Text, caps};

/// Keyed pseudonyms in the place of subjects and addresses, put there before a record is written.
///
/// The same subject has always the same pseudonym under one key, `p:`, the key's id, a colon and
/// 128 bits of HMAC-SHA-256, so that rules which group by subjects go on to work; who holds the
/// key can tell whose it is, and nobody else. An address keeps its network (the /24 of IPv4, the
/// /48 of IPv6) and gets another host in it, one for one, so that rules by address, by network
/// and by private address go on to work; see [`whole_addresses`](Self::whole_addresses) for
/// pseudonyms that keep nothing.
///
/// All that a record says of a subject or an address is replaced, unless one of the `keep_`
/// methods leaves it: `token_sub`, `claimed_sub`, `client_ip`, `peer_ip`, and in `token.revoked`
/// who did it (`actor`) and a subject in `target`.
///
/// ```
/// use jwtrail_event::Pseudonyms;
/// # fn main() -> Result<(), jwtrail_event::UnusablePseudonymKey> {
/// let pseudonyms = Pseudonyms::new("2026", b"an example's key of 32 and more bytes")?;
/// let alice = pseudonyms.subject("alice");
/// assert!(alice.starts_with("p:2026:"));
/// assert_eq!(pseudonyms.subject("alice"), alice);
///
/// let address = pseudonyms.address("192.0.2.77".parse().unwrap());
/// assert!(address.starts_with("192.0.2."));
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct Pseudonyms {
    key: Key,
    subjects: bool,
    claimed_subjects: bool,
    clients: bool,
    peers: bool,
    whole_addresses: bool,
}

impl Pseudonyms {
    /// Pseudonyms under a key, with the id that stands in each of a subject.
    ///
    /// # Errors
    /// When the key has fewer than 32 bytes, or the id is not 1 to 16 of `[a-z0-9-]`.
    pub fn new(id: &str, secret: &[u8]) -> Result<Self, UnusablePseudonymKey> {
        Ok(Self {
            key: Key::new(id, secret)?,
            subjects: true,
            claimed_subjects: true,
            clients: true,
            peers: true,
            whole_addresses: false,
        })
    }

    /// Leaves `token_sub`, and `actor` and `target` of `token.revoked`, as they are.
    pub fn keep_subjects(mut self) -> Self {
        self.subjects = false;
        self
    }

    /// Leaves `claimed_sub` as it is: what unverified tokens claim, and the names of failed
    /// logins.
    pub fn keep_claimed_subjects(mut self) -> Self {
        self.claimed_subjects = false;
        self
    }

    /// Leaves `client_ip` as it is, and `peer_ip` where it is the same.
    pub fn keep_client_addresses(mut self) -> Self {
        self.clients = false;
        self
    }

    /// Leaves `peer_ip` as it is, where it is not the client's: addresses of proxies.
    pub fn keep_peer_addresses(mut self) -> Self {
        self.peers = false;
        self
    }

    /// Keeps nothing of addresses: each becomes a pseudonym as subjects have. Rules by address
    /// work, those by network see each address as a network of its own, and a private address
    /// is not known as one.
    pub fn whole_addresses(mut self) -> Self {
        self.whole_addresses = true;
        self
    }

    /// The pseudonym of a subject.
    #[must_use]
    pub fn subject(&self, subject: &str) -> String {
        let known = crate::text::capped(subject, caps::ID);
        self.key.pseudonym(b"subject\0", known.as_bytes())
    }

    /// The pseudonym of an address. An address that is nobody's (unspecified, loopback) is its
    /// own.
    #[must_use]
    pub fn address(&self, address: IpAddr) -> String {
        let address = address.to_canonical();
        if address.is_unspecified() || address.is_loopback() {
            return address.to_string();
        }
        if self.whole_addresses {
            let text = address.to_string();
            return self.key.pseudonym(b"address\0", text.as_bytes());
        }
        address::within_its_network(&self.key, address).to_string()
    }

    /// How a record names this subject.
    #[must_use]
    pub fn recorded_subject<'s>(&self, subject: &'s str) -> Cow<'s, str> {
        if self.subjects {
            Cow::Owned(self.subject(subject))
        } else {
            Cow::Borrowed(subject)
        }
    }

    /// Whether records under these name subjects by pseudonyms.
    #[must_use]
    pub const fn replaces_subjects(&self) -> bool {
        self.subjects
    }

    /// Whether both name every subject alike: by the same pseudonym, or both as it is.
    ///
    /// ```
    /// use jwtrail_event::Pseudonyms;
    /// # fn main() -> Result<(), jwtrail_event::UnusablePseudonymKey> {
    /// let of = |id, secret: &[u8; 32]| Pseudonyms::new(id, secret);
    /// assert!(of("2026", &[7; 32])?.names_like(&of("2026", &[7; 32])?.whole_addresses()));
    /// assert!(!of("2026", &[7; 32])?.names_like(&of("2026", &[8; 32])?));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn names_like(&self, other: &Self) -> bool {
        // Who has the same pseudonym under two keys has 128 bits of luck.
        self.recorded_subject(PROBE) == other.recorded_subject(PROBE)
    }

    /// Replaces what a record says of subjects and addresses.
    pub(crate) fn disguise(&self, record: &mut Record<'_>) {
        if self.subjects {
            self.replace_subject(&mut record.token_sub);
            if record.event == EventName::TokenRevoked {
                self.disguise_revocation(record);
            }
        }
        if self.claimed_subjects {
            self.replace_subject(&mut record.claimed_sub);
        }
        let (client, peer) = (&record.client_ip, &record.peer_ip);
        let replaces_peer = self.replaces_peer(client.as_ref(), peer.as_ref());
        if self.clients {
            replace(&mut record.client_ip, |text| self.address_text(text));
        }
        if replaces_peer {
            replace(&mut record.peer_ip, |text| self.address_text(text));
        }
    }

    /// The peer that is the client has the client's pseudonym, or none.
    fn replaces_peer(&self, client: Option<&Text<'_>>, peer: Option<&Text<'_>>) -> bool {
        if client == peer {
            self.clients
        } else {
            self.peers
        }
    }

    fn disguise_revocation(&self, record: &mut Record<'_>) {
        replace(&mut record.actor, |actor| {
            if OURS.contains(&actor) {
                actor.to_owned()
            } else {
                self.subject(actor)
            }
        });
        replace(&mut record.target, |target| {
            match target.strip_prefix(SUBJECT) {
                Some(subject) => format!("{SUBJECT}{}", self.subject(subject)),
                None => target.to_owned(),
            }
        });
    }

    fn replace_subject(&self, subject: &mut Option<Text<'_>>) {
        replace(subject, |subject| self.subject(subject));
    }

    /// What is no address is replaced as a whole.
    fn address_text(&self, text: &str) -> String {
        match text.parse() {
            Ok(address) => self.address(address),
            Err(_) => self.key.pseudonym(b"address\0", text.as_bytes()),
        }
    }
}

fn replace(text: &mut Option<Text<'_>>, by: impl FnOnce(&str) -> String) {
    if let Some(text) = text {
        *text = Text::from(by(text.as_str()));
    }
}

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pseudonyms")
            .field("id", &self.key.id())
            .field("subjects", &self.subjects)
            .field("claimed_subjects", &self.claimed_subjects)
            .field("clients", &self.clients)
            .field("peers", &self.peers)
            .field("whole_addresses", &self.whole_addresses)
            .finish()
    }
}

/// A key for pseudonyms that was refused.
///
/// ```
/// use jwtrail_event::{Pseudonyms, UnusablePseudonymKey};
/// let short = Pseudonyms::new("2026", b"short").unwrap_err();
/// assert_eq!(short, UnusablePseudonymKey::Short { length: 5 });
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnusablePseudonymKey {
    /// The id is empty, too long, or has other characters than `[a-z0-9-]`.
    #[error("the id of the key for pseudonyms must be 1 to 16 of [a-z0-9-]")]
    Id,
    /// The key is too short.
    #[error("the key for pseudonyms has {length} bytes, it needs at least 32")]
    Short {
        /// How many bytes it has.
        length: usize,
    },
}

/// Actors of `token.revoked` that are nobody.
const OURS: [&str; 2] = ["jwtrail", "client"];
const SUBJECT: &str = "subject:";
/// Any subject tells two keys apart.
const PROBE: &str = "alice";
