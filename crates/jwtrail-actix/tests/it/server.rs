//! A protected service on a port of its own.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};
use jwtrail_actix::{
    ClientCertificate, Clients, JwtAuth, JwtAuthBuilder, KeySource, QuarantineList, SessionApi,
    Trail, TrailBuilder, WriterSink,
};
use jwtrail_event::{EventName, SecretToken, Timestamp};
use jwtrail_forge::{Algorithm, Forge};
use jwtrail_session::{Limits, MemoryState, Quota, Sessions, SigningKey, State};
use jwtrail_testkit::{AuditCompliance, CapturedLines, TestClock};
use jwtrail_verify::{Algorithm as Verified, Key, KeySet, Profile, Seed, Verifier};
use tokio::sync::Notify;
use tokio_rustls::rustls::ServerConfig;

use crate::binding::handshake::note_certificate;
use crate::client::Answer;
use crate::issuer_keys::client;
use crate::logs::logs;
use crate::routes::{routes, unchecked_route};

pub(crate) const NOW: i64 = 1_800_000_000;

/// What differs between the tests' services.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) hmac: bool,
    /// Whether the issuer's keys are to be fetched, where nobody answers.
    pub(crate) keys_unavailable: bool,
    /// Whether the service trusts the tokens of its own sessions, too.
    pub(crate) own: bool,
    pub(crate) legacy: bool,
    pub(crate) cookie: bool,
    pub(crate) workers: usize,
    /// What the client shows in the handshake that the tests leave out.
    pub(crate) certificate: Option<ClientCertificate>,
    /// How it ends TLS, if it does.
    pub(crate) tls: Option<ServerConfig>,
    /// Whether one route accepts tokens while the state does not answer.
    pub(crate) unchecked: bool,
    pub(crate) state: Arc<dyn State>,
    /// Who clients are, if they have secrets.
    pub(crate) clients: Option<Arc<dyn Clients>>,
    /// Those of `JwtAuth` if none are given.
    pub(crate) limits: Option<Arc<Limits>>,
    pub(crate) quarantine: Option<QuarantineList>,
    pub(crate) options: fn(JwtAuthBuilder) -> JwtAuthBuilder,
    pub(crate) trail: Arc<dyn Fn(TrailBuilder) -> TrailBuilder + Send + Sync>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            hmac: false,
            keys_unavailable: false,
            own: true,
            legacy: false,
            cookie: false,
            workers: 1,
            certificate: None,
            tls: None,
            unchecked: false,
            state: Arc::new(MemoryState::new()),
            clients: None,
            limits: None,
            quarantine: None,
            options: |options| options,
            trail: Arc::new(|trail| trail),
        }
    }
}

/// For tests that send more bad tokens from one address than any client may.
pub(crate) fn many_failures() -> Arc<Limits> {
    let limits = Limits::builder()
        .failures_per_address(Quota::per_second(100_000))
        .failures_per_token(Quota::per_second(100_000))
        .build();
    Arc::new(limits.unwrap())
}

pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    pub(crate) forge: Forge,
    pub(crate) clock: TestClock,
    pub(crate) trail: Trail,
    pub(crate) auth: JwtAuth,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) state: Arc<dyn State>,
    /// Told when a handler begins to wait for ever.
    pub(crate) waiting: Arc<Notify>,
    pub(crate) captured: CapturedLines,
    handle: ServerHandle,
}

impl Service {
    pub(crate) fn start(setup: &Setup) -> Self {
        Self::start_with(setup, setup.options)
    }

    /// With options that hold something of the test's.
    pub(crate) fn start_with(
        setup: &Setup,
        more: impl FnOnce(JwtAuthBuilder) -> JwtAuthBuilder,
    ) -> Self {
        logs();
        let forge = Forge::new(Timestamp::from_seconds(NOW));
        let clock = TestClock::new(forge.now());
        let captured = CapturedLines::new();
        let trail = Trail::builder("orders-api")
            .version("1.0.0")
            .clock(Arc::new(clock.clone()))
            .sink(Box::new(WriterSink::new("captured", captured.clone())));
        let trail = (setup.trail)(trail).start().unwrap();
        let sessions = Arc::new(sessions(&forge, setup));
        let options = JwtAuth::with_verifier(verifier(&forge, setup), &trail)
            .realm("orders")
            .sessions(Arc::clone(&sessions));
        let options = if setup.cookie {
            options.cookie(forge.cookie_name())
        } else {
            options
        };
        let options = match &setup.limits {
            Some(limits) => options.limits(Arc::clone(limits)),
            None => options,
        };
        let options = if setup.keys_unavailable {
            let source = KeySource::jwks_url("http://127.0.0.1:1/jwks");
            options
                .key_source(forge.issuer(), source)
                .key_client(client())
        } else {
            options
        };
        let options = match &setup.quarantine {
            Some(list) => options.quarantine(list),
            None => options,
        };
        let auth = more(options).build().unwrap();
        let waiting = Arc::new(Notify::new());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut api = SessionApi::new(Arc::clone(&sessions), &auth);
        if let Some(clients) = &setup.clients {
            api = api.clients(Arc::clone(clients));
        }
        let (protection, wait, scope) =
            (auth.clone(), Arc::clone(&waiting), forge.scope().to_owned());
        let certificate = setup.certificate;
        let unchecked = setup.unchecked;
        let server = HttpServer::new(move || {
            let (api, wait) = (api.clone(), web::Data::from(Arc::clone(&wait)));
            App::new()
                .app_data(web::Data::new(api))
                .app_data(wait)
                .configure(|config| {
                    if unchecked {
                        unchecked_route(config, &protection);
                    }
                    routes(config, &protection, &scope);
                })
        })
        .on_connect(move |io, data| {
            note_certificate(io, data);
            if let Some(certificate) = certificate {
                data.insert(certificate);
            }
        })
        .workers(setup.workers)
        .shutdown_timeout(0)
        .client_disconnect_timeout(Duration::from_millis(200));
        let server = match &setup.tls {
            Some(tls) => server.listen_rustls_0_23(listener, tls.clone()),
            None => server.listen(listener),
        };
        let server = server.unwrap().run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self {
            address,
            forge,
            clock,
            trail,
            auth,
            sessions,
            state: Arc::clone(&setup.state),
            waiting,
            captured,
            handle,
        }
    }

    /// Waits until such an event was recorded.
    pub(crate) async fn recorded(&self, event: EventName) {
        let name = format!("\"event\":\"{event}\"");
        let written = || String::from_utf8(self.captured.bytes()).unwrap();
        while !written().contains(&name) {
            self.trail.flush().await;
        }
    }

    /// Ends everything and gives what was recorded.
    pub(crate) async fn finish(self) -> Recorded {
        self.handle.stop(true).await;
        self.trail.stop().await;
        Recorded {
            events: self.captured.bytes(),
            answers: Vec::new(),
            tokens: Vec::new(),
            logs: logs().bytes(),
        }
    }
}

/// What a test left behind, to be searched.
pub(crate) struct Recorded {
    pub(crate) events: Vec<u8>,
    answers: Vec<u8>,
    tokens: Vec<SecretToken>,
    logs: Vec<u8>,
}

impl Recorded {
    pub(crate) fn answered(mut self, answers: &[Answer]) -> Self {
        for answer in answers {
            self.answers.extend_from_slice(&answer.raw);
        }
        self
    }

    pub(crate) fn sent(mut self, tokens: &[SecretToken]) -> Self {
        self.tokens.extend_from_slice(tokens);
        self
    }

    #[track_caller]
    pub(crate) fn complies(&self, decisions: usize) -> Vec<jwtrail_event::Record<'_>> {
        AuditCompliance::of(&self.events)
            .also_written(&self.answers)
            .also_written(&self.logs)
            .tokens_sent(&self.tokens)
            .decisions(decisions)
            .assert()
    }
}

pub(crate) fn find<'r>(
    records: &'r [jwtrail_event::Record<'r>],
    id: &str,
) -> &'r jwtrail_event::Record<'r> {
    let mut found = records
        .iter()
        .filter(|record| record.correlation_id.as_str() == id);
    found.next().unwrap_or_else(|| panic!("no record of {id}"))
}

fn verifier(forge: &Forge, setup: &Setup) -> Arc<Verifier> {
    let pem = |algorithm: Algorithm, verified| {
        let pem = forge.public_pem(algorithm).unwrap();
        Key::public_pem(verified, pem, Some(algorithm.kid())).unwrap()
    };
    let mut keys = vec![
        pem(Algorithm::Rs256, Verified::Rs256),
        pem(Algorithm::Es256, Verified::Es256),
        pem(Algorithm::EdDsa, Verified::EdDsa),
    ];
    if setup.hmac {
        let kid = Algorithm::Hs256.kid();
        keys.push(Key::hmac(Verified::Hs256, forge.hmac_secret(), Some(kid)).unwrap());
    }
    let profile = if setup.legacy {
        Profile::Legacy
    } else {
        Profile::Strict
    };
    let mut builder = Verifier::builder();
    builder = if setup.keys_unavailable {
        builder.remote_issuer(forge.issuer(), Verified::ASYMMETRIC)
    } else {
        builder.issuer(forge.issuer(), KeySet::new(keys).unwrap())
    };
    if setup.own {
        let own = Key::hmac(Verified::Hs256, OWN_SECRET, Some("own")).unwrap();
        builder = builder.issuer(OWN_ISSUER, KeySet::new(vec![own]).unwrap());
    }
    let builder = builder
        .audience(forge.audience())
        .profile(profile)
        .scope_class("admin", ["orders:admin", "users:admin"])
        .scope_class("reading", ["orders:read"]);
    let verifier = builder.build(Seed::new([7; 32])).unwrap();
    Arc::new(verifier)
}

fn sessions(forge: &Forge, setup: &Setup) -> Sessions {
    Sessions::builder(SigningKey::hs256(OWN_SECRET).unwrap(), "own")
        .issuer(if setup.own {
            OWN_ISSUER
        } else {
            forge.issuer()
        })
        .audience(forge.audience())
        .refresh_key([9; 32])
        .state(Arc::clone(&setup.state))
        .build()
        .unwrap()
}

pub(crate) const OWN_ISSUER: &str = "https://orders.example";
const OWN_SECRET: &[u8] = b"the secret of the service's own tokens";
