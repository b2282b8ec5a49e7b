use jwtrail_event::{Record, Text, Trust};

use super::address::address_key;
use super::{Key, KeyClass};
use crate::hash::Hash;

/// The record's key of a class, or none where the record can't have one: then the rule passes
/// over the record.
///
/// What an unverified token claims feeds no key but the claimed token's.
pub(crate) fn extract<'r>(class: KeyClass, record: &'r Record<'_>) -> Option<Parts<'r>> {
    let trusted = record.trust != Trust::None;
    match class {
        KeyClass::Token => token(record, trusted),
        KeyClass::ClaimedToken if trusted => Some(Parts::Token {
            iss: some(&record.token_iss)?,
            jti: some(&record.token_jti)?,
        }),
        KeyClass::ClaimedToken => Some(Parts::Token {
            iss: some(&record.claimed_iss)?,
            jti: some(&record.claimed_jti)?,
        }),
        KeyClass::Subject => trusted.then_some(Parts::Subject {
            iss: some(&record.token_iss)?,
            sub: some(&record.token_sub)?,
        }),
        KeyClass::Address => Some(Parts::Address(some(&record.client_ip)?)),
        KeyClass::Origin => Some(Parts::Origin(some(&record.origin)?)),
        KeyClass::Family => Some(Parts::Family(some(&record.refresh_family)?)),
        KeyClass::Client => trusted.then_some(Parts::Client {
            iss: some(&record.token_iss)?,
            client_id: some(&record.client_id)?,
        }),
        KeyClass::Issuer => issuer(record, trusted),
        KeyClass::Route => Some(Parts::Route {
            service: filled(&record.service)?,
            route: some(&record.route)?,
        }),
        KeyClass::Service | KeyClass::Monitor => Some(Parts::Service(filled(&record.service)?)),
        KeyClass::Instance => Some(Parts::Instance {
            service: filled(&record.service)?,
            instance: filled(&record.instance)?,
        }),
    }
}

fn token<'r>(record: &'r Record<'_>, trusted: bool) -> Option<Parts<'r>> {
    if trusted && let (Some(iss), Some(jti)) = (some(&record.token_iss), some(&record.token_jti)) {
        return Some(Parts::Token { iss, jti });
    }
    some(&record.token_fp).map(Parts::Fingerprint)
}

fn issuer<'r>(record: &'r Record<'_>, trusted: bool) -> Option<Parts<'r>> {
    let of_token = || some(&record.token_iss).filter(|_| trusted);
    some(&record.issuer).or_else(of_token).map(Parts::Issuer)
}

fn some<'r>(field: &'r Option<Text<'_>>) -> Option<&'r str> {
    field.as_ref().and_then(filled)
}

fn filled<'r>(text: &'r Text<'_>) -> Option<&'r str> {
    Some(text.as_str()).filter(|text| !text.is_empty())
}

/// A key, borrowed from its record: hashed for every event, owned only when an alert is raised.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Parts<'r> {
    Token { iss: &'r str, jti: &'r str },
    Fingerprint(&'r str),
    Subject { iss: &'r str, sub: &'r str },
    Address(&'r str),
    Origin(&'r str),
    Family(&'r str),
    Client { iss: &'r str, client_id: &'r str },
    Issuer(&'r str),
    Route { service: &'r str, route: &'r str },
    Service(&'r str),
    Instance { service: &'r str, instance: &'r str },
}

impl Parts<'_> {
    /// A stable 128-bit hash: the key's name in state and in alert ids.
    pub(crate) fn hash(&self) -> u128 {
        let hash = Hash::new("key");
        match *self {
            Self::Token { iss, jti } => hash.part("token").part(iss).part(jti),
            Self::Fingerprint(fp) => hash.part("fp").part(fp),
            Self::Subject { iss, sub } => hash.part("sub").part(iss).part(sub),
            Self::Address(address) => hash.part("ip").part(&address_key(address)),
            Self::Origin(origin) => hash.part("origin").part(origin),
            Self::Family(family) => hash.part("family").part(family),
            Self::Client { iss, client_id } => hash.part("client").part(iss).part(client_id),
            Self::Issuer(issuer) => hash.part("issuer").part(issuer),
            Self::Route { service, route } => hash.part("route").part(service).part(route),
            Self::Service(service) => hash.part("service").part(service),
            Self::Instance { service, instance } => {
                hash.part("instance").part(service).part(instance)
            }
        }
        .finish()
    }

    pub(crate) fn to_key(self) -> Key {
        let own = |text: &str| Some(text.to_owned());
        let shown = |display: String| Key {
            display,
            ..Key::default()
        };
        match self {
            Self::Token { iss, jti } => Key {
                iss: own(iss),
                jti: own(jti),
                ..shown(format!("{jti} ({iss})"))
            },
            Self::Fingerprint(fp) => Key {
                token_fp: own(fp),
                ..shown(fp.to_owned())
            },
            Self::Subject { iss, sub } => Key {
                iss: own(iss),
                sub: own(sub),
                ..shown(format!("{sub} ({iss})"))
            },
            Self::Address(address) => Key {
                address: own(&address_key(address)),
                ..shown(address_key(address).into_owned())
            },
            Self::Origin(origin) => Key {
                origin: own(origin),
                ..shown(origin.to_owned())
            },
            Self::Family(family) => Key {
                family: own(family),
                ..shown(family.to_owned())
            },
            Self::Client { iss, client_id } => Key {
                iss: own(iss),
                client_id: own(client_id),
                ..shown(format!("{client_id} ({iss})"))
            },
            Self::Issuer(issuer) => Key {
                iss: own(issuer),
                ..shown(issuer.to_owned())
            },
            Self::Route { service, route } => Key {
                service: own(service),
                route: own(route),
                ..shown(format!("{route} ({service})"))
            },
            Self::Service(service) => Key {
                service: own(service),
                ..shown(service.to_owned())
            },
            Self::Instance { service, instance } => Key {
                service: own(service),
                instance: own(instance),
                ..shown(format!("{instance} ({service})"))
            },
        }
    }
}
