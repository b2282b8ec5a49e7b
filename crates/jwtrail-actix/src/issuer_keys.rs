//! The keys of issuers that publish them: fetched by one thread of this process, whoever asks.

mod fetch;
mod flight;
mod schedule;
mod source;
mod worker;

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use futures_util::future::join_all;
use jwtrail_event::Timestamp;
use jwtrail_verify::{Rejection, Verifier};
use tokio::sync::oneshot;

use crate::Trail;
use crate::internal_events::KeysThreadPanicked;
use fetch::Fetcher;
pub(crate) use fetch::{Client, FetchError};
use flight::Flight;
pub use source::{KeySource, KeySourceError};
use worker::Worker;

/// The keys that are fetched, and the thread that does it. It ends when this is dropped.
///
/// A thread of its own, since requests come from many runtimes that end at different times: so
/// there is one fetch at a time for each issuer, whoever asks and whoever goes away meanwhile.
#[derive(Debug)]
pub(crate) struct IssuerKeys {
    flights: Vec<Arc<Flight>>,
    unsafe_options: Vec<&'static str>,
    closing: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What is to be fetched, before it begins.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    named: Vec<(String, KeySource)>,
    client: Option<Client>,
}

impl Sources {
    pub(crate) fn add(&mut self, issuer: &str, source: KeySource) {
        self.named.push((issuer.to_owned(), source));
    }

    #[cfg(feature = "outbound")]
    pub(crate) fn set_client(&mut self, client: Client) {
        self.client = Some(client);
    }

    /// Begins to fetch, if there is anything to be fetched.
    pub(crate) fn start(
        self,
        verifier: &Arc<Verifier>,
        trail: &Trail,
    ) -> Result<Option<IssuerKeys>, SourcesError> {
        let Self { named, mut client } = self;
        let mut workers: Vec<Worker> = Vec::new();
        let mut unsafe_options = Vec::new();
        for (issuer, source) in named {
            let known = workers.iter().any(|worker| worker.issuer() == issuer);
            if known || verifier.is_remote(&issuer) != Some(true) {
                return Err(SourcesError::NotFetched { issuer });
            }
            if source.is_plain_http() && !unsafe_options.contains(&PLAIN_HTTP) {
                unsafe_options.push(PLAIN_HTTP);
            }
            let refused = |problem| SourcesError::Source {
                issuer: issuer.clone(),
                problem,
            };
            let timing = source.timing().map_err(refused)?;
            let fetcher = Fetcher::new(&issuer, &source, &mut client).map_err(refused)?;
            let flight = Arc::new(Flight::new(&issuer, timing.cooldown));
            workers.push(Worker::new(
                flight,
                fetcher,
                timing,
                Arc::clone(verifier),
                trail.clone(),
            ));
        }
        if workers.is_empty() {
            return Ok(None);
        }
        IssuerKeys::start(workers, unsafe_options)
            .map(Some)
            .map_err(SourcesError::Thread)
    }
}

/// Why nothing can be fetched.
#[derive(Debug)]
pub(crate) enum SourcesError {
    NotFetched {
        issuer: String,
    },
    Source {
        issuer: String,
        problem: KeySourceError,
    },
    Thread(io::Error),
}

impl IssuerKeys {
    fn start(workers: Vec<Worker>, unsafe_options: Vec<&'static str>) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let flights = workers.iter().map(Worker::flight).collect();
        let (closing, closed) = oneshot::channel();
        let work = move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = join_all(workers.into_iter().map(Worker::run)) => {}
                    _ = closed => {}
                }
            });
            // A look-up that hangs is nobody's to wait for.
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new()
            .name("jwtrail-keys".to_owned())
            .spawn(work)?;
        Ok(Self {
            flights,
            unsafe_options,
            closing: Some(closing),
            thread: Some(thread),
        })
    }

    /// The `dangerous_` options in force.
    pub(crate) fn unsafe_options(&self) -> &[&'static str] {
        &self.unsafe_options
    }

    /// Whether there are newer keys than those that this token lacked. Has them fetched, if that
    /// was not tried lately, and waits for that, as long as a fetch may take.
    pub(crate) async fn are_newer(
        &self,
        verifier: &Verifier,
        rejection: &Rejection,
        now: Timestamp,
    ) -> bool {
        let Some(issuer) = rejection.missing_key_of() else {
            return false;
        };
        // They may have come while the token was looked at.
        if verifier.has_newer_keys(rejection) {
            return true;
        }
        let mut flights = self.flights.iter();
        let Some(flight) = flights.find(|flight| flight.issuer() == issuer) else {
            return false;
        };
        flight.joined(now).await && verifier.has_newer_keys(rejection)
    }
}

impl Drop for IssuerKeys {
    fn drop(&mut self) {
        self.closing.take();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
            && thread.join().is_err()
        {
            KeysThreadPanicked.emit();
        }
    }
}

/// The option that lets keys and secrets go over plain http, by its name.
pub(crate) const PLAIN_HTTP: &str = "dangerous_plain_http";
