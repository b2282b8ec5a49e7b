use crate::key::Parts;

/// The hashes of keys that many events share, so that they need not be worked out for each.
#[derive(Debug, Default)]
pub(in crate::engine) struct Hashes(Vec<Option<Known>>);

#[derive(Clone, Debug)]
struct Known {
    kind: Kind,
    service: String,
    part: String,
    hash: u128,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Service,
    Route,
    Instance,
}

impl Hashes {
    /// A key's hash.
    pub(in crate::engine) fn of(&mut self, parts: &Parts<'_>) -> u128 {
        let (kind, service, part) = match *parts {
            Parts::Service(service) => (Kind::Service, service, ""),
            Parts::Route { service, route } => (Kind::Route, service, route),
            Parts::Instance { service, instance } => (Kind::Instance, service, instance),
            _ => return parts.hash(),
        };
        let end = |text: &str| {
            let end = text.as_bytes().last_chunk::<2>();
            end.map_or(0, |end| usize::from(u16::from_le_bytes(*end)))
        };
        let at = ((end(service) * 31 + end(part) + part.len()) * 3 + kind as usize) % PLACES;
        if self.0.is_empty() {
            self.0.resize(PLACES, None);
        }
        let known = self.0.get(at).and_then(Option::as_ref);
        if let Some(known) = known
            && known.kind == kind
            && known.part == part
            && known.service == service
        {
            return known.hash;
        }
        let hash = parts.hash();
        if let Some(place) = self.0.get_mut(at) {
            *place = Some(Known {
                kind,
                service: service.to_owned(),
                part: part.to_owned(),
                hash,
            });
        }
        hash
    }
}

const PLACES: usize = 192;
