use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jwtrail_event::{Clock, Timestamp};
use jwtrail_store::{Log, Search, State};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::Limits;
use crate::board::Board;
use crate::data_folder::Lock;
use crate::guesses::Guesses;
use crate::hub::Hub;
use crate::outbox::Output;
use crate::producers::Producers;
use crate::quarantine::Quarantines;
use crate::responses::Responses;
use crate::rollup::Rollups;
use crate::rules::Rules;
use crate::sign_in::SignIn;
use crate::stop::Stop;

/// What a monitor needs of its store; embedded today, a fleet's later.
pub(crate) trait Store: Log + Search + State {}

impl<T: Log + Search + State> Store for T {}

/// What the parts of a monitor share.
pub(crate) struct Core {
    pub(crate) store: Arc<dyn Store>,
    #[expect(dead_code, reason = "it is held")]
    pub(crate) lock: Lock,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: Limits,
    pub(crate) rules: Rules,
    pub(crate) producers: Producers,
    pub(crate) quarantines: Quarantines,
    pub(crate) responses: Responses,
    pub(crate) sign_in: SignIn,
    pub(crate) rollups: Rollups,
    pub(crate) board: Board,
    pub(crate) hub: Hub,
    pub(crate) outputs: Vec<Output>,
    pub(crate) ingest_places: Arc<Semaphore>,
    pub(crate) started_at: Timestamp,
    /// Tells the threads to end.
    pub(crate) stop: Stop,
    /// Tells the tasks to end.
    pub(crate) stopped: watch::Sender<bool>,
    pub(crate) crashing: AtomicBool,
    /// Wrong codes and credentials, by address.
    pub(crate) guesses: Guesses,
    /// Threads that have panicked.
    pub(crate) ended: Mutex<Vec<&'static str>>,
}

impl Core {
    /// Whether the monitor was dropped without a stop: then nothing more is committed, as if
    /// the process had been killed.
    pub(crate) fn is_crashing(&self) -> bool {
        self.crashing.load(Ordering::Acquire)
    }

    /// A place for a body of events, if there is one left.
    pub(crate) fn ingest_place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.ingest_places).try_acquire_owned().ok()
    }

    pub(crate) fn ended_threads(&self) -> Vec<&'static str> {
        let ended = self.ended.lock();
        ended.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}
