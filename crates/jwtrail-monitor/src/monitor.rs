use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use jwtrail_actix::Trail;
use jwtrail_event::Clock;
use jwtrail_store::{Options, Retention};
use tokio::sync::{Semaphore, watch};

use crate::core::{Core, Store};
use crate::data_folder::Lock;
use crate::detection::{self, Detection};
use crate::guesses::Guesses;
use crate::hub::Hub;
use crate::internal_events::{MonitorStarted, ThreadPanicked};
use crate::keys::Keys;
use crate::outbox::Output;
use crate::own_audit::OwnAudit;
use crate::own_sink::OwnSink;
use crate::producers::{OWN_SERVICE, Producers};
use crate::quarantine::{self, Quarantines};
use crate::responses::Responses;
use crate::rollup::Rollups;
use crate::rules::{Rules, Source};
use crate::sign_in::SignIn;
use crate::stop::Stop;
use crate::{AlertOutput, MonitorConfig, MonitorError, RunningMonitor};
use crate::{
    alerts, check, data_folder, http, outputs_changed, protection, random, responses, retain,
    revocations, rollup, rules,
};

/// The monitor: takes events in, keeps them, finds abuse, tells people and programs.
#[derive(Debug)]
#[non_exhaustive]
pub struct Monitor;

impl Monitor {
    /// Starts a monitor. It runs on threads of its own; the caller needs no runtime.
    ///
    /// # Errors
    /// When the configuration, the data directory, the rules or the address can't be used.
    pub fn start(
        config: MonitorConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<RunningMonitor, MonitorError> {
        check::config(&config)?;
        let source = Source {
            directory: config.rules.clone(),
            disabled: config.disabled_rules.iter().cloned().collect(),
            settings: config.rule_settings.clone(),
            responses: config.responses.clone(),
            max_hold: config.quarantine.max_time,
        };
        source.load(&BTreeSet::new())?;
        let (store, lock) = open_store(&config)?;
        let (texts, _) = source.load(&rules::switched_off(&*store)?)?;
        let keys = Keys::load(&config.data.join("keys.json"))?;
        let address = config.listen;
        let listener = TcpListener::bind(address)
            .map_err(|source| MonitorError::Listen { address, source })?;
        let listen_error = |source| MonitorError::Listen { address, source };
        let address = listener.local_addr().map_err(listen_error)?;

        let mut outputs = Vec::new();
        for output in &config.outputs {
            outputs.extend(Output::load(output, &*store)?);
        }
        let resumed = detection::resume(&*store, &texts)?;
        // Few change rules at once; who finds no room asks again.
        let (requests, asked) = sync_channel(16);
        let producers_path = config.data.join("producers.json");
        let (stopped, _) = watch::channel(false);
        let sessions = protection::sessions(&keys)?;
        revocations::restore(&*store, &sessions, clock.now())?;
        let core = Arc::new(Core {
            producers: Producers::load(&producers_path, &keys.producers, config.limits)?,
            quarantines: Quarantines::load(&*store, config.quarantine.clone(), config.limits)?,
            responses: Responses::load(&*store, config.responses.clone())?,
            sign_in: SignIn::new(sessions),
            rollups: Rollups::load(&*store)?,
            board: alerts::load_board(&*store)?,
            hub: Hub::new(config.limits.streams),
            outputs,
            ingest_places: Arc::new(Semaphore::new(config.limits.ingest_at_once)),
            started_at: clock.now(),
            stop: Stop::default(),
            stopped,
            crashing: AtomicBool::new(false),
            guesses: Guesses::new(config.limits.guess_burst),
            ended: Mutex::default(),
            rules: Rules::new(resumed.in_force.clone(), requests),
            limits: config.limits,
            clock: Arc::clone(&clock),
            store: Arc::clone(&store),
            lock,
        });
        let sink = OwnSink::new(Arc::clone(&store), Arc::clone(&clock));
        let trail = Trail::builder(OWN_SERVICE)
            .version(env!("CARGO_PKG_VERSION"))
            .clock(clock)
            .sink(Box::new(sink))
            .start()?;
        let audit = OwnAudit::new(trail.clone());
        quarantine::resume(&*store, &audit)?;
        let (outputs, now) = (&config.outputs, core.clock.now());
        outputs_changed::report(&*store, outputs, &keys.fingerprint, &audit, now)?;
        for option in AlertOutput::unsafe_options(outputs) {
            audit.config_unsafe(option, u128::from_be_bytes(random::bytes()?));
        }
        core.responses.resume(&*store, &audit, core.clock.now())?;
        let auth = protection::protection(&core, &keys, &trail)?;

        let mut running = RunningMonitor::new(Arc::clone(&core), trail.clone(), address, &config);
        running.threads = threads(&core, &trail, resumed, config.retention)?;
        let (following, telling) = (Arc::clone(&core), audit.clone());
        running.threads.push(spawn(&core, "jwtrail-rules", move || {
            rules::run(&following, &telling, source, &asked)
        })?);
        // Not tokio's: the caller may be inside a runtime, where those may not block.
        let (sender, started) = sync_channel(1);
        let serving = http::Serving {
            auth,
            audit,
            secure: running.is_secure(),
            public_url: config.public_url,
            listener,
            client: config.webhook_client,
            stopped: core.stopped.subscribe(),
            core: Arc::clone(&core),
        };
        running.threads.push(spawn(&core, "jwtrail-http", move || {
            http::serve(serving, sender)
        })?);
        let handle = started.recv().map_err(|_| MonitorError::Stopped)?;
        running.server = Some(handle.map_err(listen_error)?);
        MonitorStarted {
            address,
            events: store.usage().events,
        }
        .emit();
        Ok(running)
    }
}

fn open_store(config: &MonitorConfig) -> Result<(Arc<dyn Store>, Lock), MonitorError> {
    let options = Options {
        reserve_bytes: config.limits.disk_reserve,
        ..Options::default()
    };
    make_private(&config.data)?;
    let lock = data_folder::lock(&config.data)?;
    let store = data_folder::open(&config.data, options, &lock)?;
    Ok((Arc::new(store), lock))
}

/// Keys and credentials stand beside the log.
fn make_private(directory: &Path) -> Result<(), MonitorError> {
    if directory.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(directory)
        .map_err(|source| MonitorError::File {
            path: directory.to_owned(),
            source,
        })
}

type Threads = Vec<(&'static str, JoinHandle<()>)>;

fn threads(
    core: &Arc<Core>,
    trail: &Trail,
    resumed: detection::Resumed,
    keep: Retention,
) -> Result<Threads, MonitorError> {
    let (one, two, three) = (Arc::clone(core), Arc::clone(core), Arc::clone(core));
    let (four, five) = (Arc::clone(core), Arc::clone(core));
    let responding = trail.clone();
    let audit = OwnAudit::new(trail.clone());
    let trail = trail.clone();
    Ok(vec![
        spawn(core, "jwtrail-detect", move || {
            Detection::new(&one, &trail, resumed).run()
        })?,
        spawn(core, "jwtrail-rollup", move || rollup::run(&two))?,
        spawn(core, "jwtrail-retain", move || retain::run(&three, keep))?,
        spawn(core, "jwtrail-quarantine", move || {
            quarantine::run(&four, &audit)
        })?,
        spawn(core, "jwtrail-respond", move || {
            responses::run(&five, &responding)
        })?,
    ])
}

fn spawn(
    core: &Arc<Core>,
    name: &'static str,
    work: impl FnOnce() + Send + 'static,
) -> Result<(&'static str, JoinHandle<()>), MonitorError> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn({
        let ending = Ending {
            core: Arc::clone(core),
            name,
        };
        move || {
            // Dropped with the thread, however it ends.
            let _ending = ending;
            work();
        }
    });
    Ok((name, thread.map_err(MonitorError::Thread)?))
}

/// Says at once when a thread has panicked; without it the monitor would look well.
struct Ending {
    core: Arc<Core>,
    name: &'static str,
}

impl Drop for Ending {
    fn drop(&mut self) {
        if std::thread::panicking() {
            ThreadPanicked { thread: self.name }.emit();
            let ended = self.core.ended.lock();
            ended
                .unwrap_or_else(PoisonError::into_inner)
                .push(self.name);
        }
    }
}
