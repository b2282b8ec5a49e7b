use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwtrail_event::{SecretToken, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::quota::Quota;
use crate::{Limits, MonitorError, private_file};

/// Those who may send events, and as which services.
pub(crate) struct Producers {
    path: PathBuf,
    key: hmac::Key,
    limits: Limits,
    known: RwLock<Vec<Arc<Producer>>>,
    quotas: Mutex<HashMap<String, Quota>>,
    places: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// One who may send events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Producer {
    pub(crate) name: String,
    pub(crate) services: Vec<String>,
    /// SHA-256 of the credential, in base64url.
    sha256: String,
    /// Whether it speaks for itself, with the middleware's own records. What was converted from
    /// another system's log is watched, and no rule holds a token because of it.
    #[serde(default = "native")]
    pub(crate) native: bool,
}

/// Before there was a choice, every producer was one.
const fn native() -> bool {
    true
}

impl Producers {
    pub(crate) fn load(path: &Path, key: &[u8; 32], limits: Limits) -> Result<Self, MonitorError> {
        let known: Vec<Producer> = match private_file::read(path)? {
            Some(content) => {
                serde_json::from_slice(&content).map_err(|error| MonitorError::Damaged {
                    path: path.to_owned(),
                    problem: error.to_string(),
                })?
            }
            None => Vec::new(),
        };
        Ok(Self {
            path: path.to_owned(),
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
            limits,
            known: RwLock::new(known.into_iter().map(Arc::new).collect()),
            quotas: Mutex::new(HashMap::new()),
            places: Mutex::new(HashMap::new()),
        })
    }

    /// Lets a producer write as these services, besides those it has, natively or not from now on.
    /// The credential is the same each time.
    pub(crate) fn register(
        &self,
        name: &str,
        services: &[&str],
        native: bool,
    ) -> Result<SecretToken, MonitorError> {
        check(name, services)?;
        let tag = hmac::sign(&self.key, name.as_bytes());
        let credential = format!("jwtrail-p-{}", URL_SAFE_NO_PAD.encode(tag));
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let mut producers: Vec<Producer> = known.iter().map(|one| Producer::clone(one)).collect();
        let at = producers.iter().position(|one| one.name == name);
        let mut producer = at.map_or_else(
            || Producer {
                name: name.to_owned(),
                services: Vec::new(),
                sha256: URL_SAFE_NO_PAD.encode(hash(&credential)),
                native,
            },
            |at| producers.remove(at),
        );
        producer.native = native;
        producer
            .services
            .extend(services.iter().map(ToString::to_string));
        producer.services.sort_unstable();
        producer.services.dedup();
        producers.push(producer);
        producers.sort_by(|one, other| one.name.cmp(&other.name));

        let content =
            serde_json::to_vec_pretty(&producers).map_err(|error| MonitorError::Damaged {
                path: self.path.clone(),
                problem: error.to_string(),
            })?;
        private_file::write(&self.path, &content)?;
        *known = producers.into_iter().map(Arc::new).collect();
        Ok(SecretToken::new(credential))
    }

    /// Whose credential this is. Looks at every producer, whichever it is.
    pub(crate) fn authenticate(&self, credential: &str) -> Option<Arc<Producer>> {
        let presented = URL_SAFE_NO_PAD.encode(hash(credential));
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut found = None;
        for producer in known.iter() {
            let same = verify_slices_are_equal(producer.sha256.as_bytes(), presented.as_bytes());
            if same.is_ok() {
                found = Some(Arc::clone(producer));
            }
        }
        found
    }

    /// Takes so many events from the producer's quota, or says when to come again, in seconds.
    pub(crate) fn take(&self, name: &str, events: u64, now: Timestamp) -> Result<(), u64> {
        let mut quotas = self.quotas.lock().unwrap_or_else(PoisonError::into_inner);
        let full = || Quota::new(self.limits.events_per_second, self.limits.event_burst, now);
        let quota = quotas.entry(name.to_owned()).or_insert_with(full);
        quota.take(events, now)
    }

    /// A place for a body of this producer, if it has one left.
    pub(crate) fn place(&self, name: &str) -> Option<OwnedSemaphorePermit> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let all = || Arc::new(Semaphore::new(self.limits.ingest_at_once_each));
        let own = places.entry(name.to_owned()).or_insert_with(all);
        Arc::clone(own).try_acquire_owned().ok()
    }

    /// Who has this name.
    pub(crate) fn named(&self, name: &str) -> Option<Arc<Producer>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|one| one.name == name).cloned()
    }

    /// The names of those who speak for themselves.
    pub(crate) fn native_names(&self) -> HashSet<String> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let native = known.iter().filter(|producer| producer.native);
        native.map(|producer| producer.name.clone()).collect()
    }

    /// Everyone's name.
    pub(crate) fn names(&self) -> Vec<String> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|producer| producer.name.clone()).collect()
    }
}

impl Producer {
    /// The services that it writes as.
    pub(crate) fn services(&self) -> Vec<String> {
        let own = self.services.iter().filter(|own| self.writes_as(own));
        own.cloned().collect()
    }

    pub(crate) fn writes_as(&self, service: &str) -> bool {
        // Whatever stands in the file: nobody else writes what the monitor says of itself.
        service != OWN_SERVICE && self.services.iter().any(|own| own == service)
    }
}

impl fmt::Debug for Producers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Producers")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

pub(crate) fn check(name: &str, services: &[&str]) -> Result<(), MonitorError> {
    let problem = |problem| MonitorError::Producer {
        name: name.chars().take(64).filter(|c| !c.is_control()).collect(),
        problem,
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if name.is_empty() || name.len() > 64 || !name.bytes().all(plain) {
        return Err(problem("a name is 1 to 64 of [A-Za-z0-9._-]"));
    }
    if services.is_empty() || services.len() > 256 {
        return Err(problem("name 1 to 256 services that it writes as"));
    }
    if services
        .iter()
        .any(|service| service.is_empty() || service.len() > 256)
    {
        return Err(problem("a service's name has 1 to 256 bytes"));
    }
    if name == OWN_SERVICE || services.contains(&OWN_SERVICE) {
        return Err(problem("nobody but the monitor writes as the monitor"));
    }
    Ok(())
}

fn hash(credential: &str) -> digest::Digest {
    digest::digest(&digest::SHA256, credential.as_bytes())
}

/// The monitor's name as a service and as a producer.
pub(crate) const OWN_SERVICE: &str = "jwtrail-monitor";

#[cfg(test)]
mod tests {
    use super::*;

    fn load(directory: &Path) -> Producers {
        Producers::load(
            &directory.join("producers.json"),
            &[7; 32],
            Limits::default(),
        )
        .unwrap()
    }

    #[test]
    fn a_credential_stays_and_its_services_add_up() {
        let directory = tempfile::tempdir().unwrap();
        let producers = load(directory.path());
        let first = producers.register("orders", &["orders-api"], true).unwrap();
        let second = load(directory.path())
            .register("orders", &["billing"], true)
            .unwrap();
        assert_eq!(first.expose(), second.expose());

        let producers = load(directory.path());
        let found = producers.authenticate(first.expose()).unwrap();
        assert!(found.writes_as("orders-api") && found.writes_as("billing"));
        assert!(!found.writes_as("orders"));
        assert!(producers.authenticate("jwtrail-p-").is_none());
        let other = producers.register("other", &["other"], true).unwrap();
        assert_eq!(
            producers.authenticate(other.expose()).unwrap().name,
            "other"
        );
        assert_eq!(producers.names(), ["orders", "other"]);
    }

    #[test]
    fn the_file_does_not_hold_the_credential() {
        let directory = tempfile::tempdir().unwrap();
        let credential = load(directory.path())
            .register("orders", &["a"], true)
            .unwrap();
        let file = std::fs::read_to_string(directory.path().join("producers.json")).unwrap();
        assert!(!file.contains(credential.expose()), "{file}");
    }

    #[test]
    fn a_file_can_not_make_a_producer_the_monitor() {
        let directory = tempfile::tempdir().unwrap();
        let credential = load(directory.path())
            .register("a", &["orders"], true)
            .unwrap();
        let path = directory.path().join("producers.json");
        let file = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, file.replace("orders", OWN_SERVICE)).unwrap();
        let producers = load(directory.path());
        let found = producers.authenticate(credential.expose()).unwrap();
        assert!(!found.writes_as(OWN_SERVICE));
    }

    #[test]
    fn bad_names_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let producers = load(directory.path());
        let cases: [(&str, &[&str]); 6] = [
            ("", &["a"]),
            ("a b", &["a"]),
            ("a", &[]),
            ("a", &[""]),
            ("a", &[OWN_SERVICE]),
            (OWN_SERVICE, &["a"]),
        ];
        for (name, services) in cases {
            let error = producers.register(name, services, true).unwrap_err();
            assert!(matches!(error, MonitorError::Producer { .. }), "{error:?}");
        }
    }
}
