use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::web::{
    self, Data, JsonConfig, PathConfig, PayloadConfig, QueryConfig, ServiceConfig,
};
use actix_web::{App, HttpServer, guard, rt};
use jwtrail_actix::{JwtAuth, Metrics};
use tokio::sync::watch;

use super::error::ApiError;
use super::host::check_host;
use super::security_headers::security_headers;
use super::{
    alert, alerts, asset, events, health, healthz, ingest, login, logout, metrics, not_found,
    overview, quarantine, quarantine_list, responses, rules, session, stream, ticker,
};
use crate::WebhookClient;
use crate::core::Core;
use crate::outbox;
use crate::own_audit::OwnAudit;
use crate::sign_in::ADMIN_SCOPE;

/// What the routes need besides the core.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) audit: OwnAudit,
    /// Whether browsers come over TLS.
    pub(super) secure: bool,
    /// The origin that browsers see, if another than the address listened on.
    pub(super) public_url: Option<String>,
}

/// What a server is started with.
pub(crate) struct Serving {
    pub(crate) core: Arc<Core>,
    pub(crate) auth: JwtAuth,
    pub(crate) audit: OwnAudit,
    pub(crate) secure: bool,
    pub(crate) public_url: Option<String>,
    pub(crate) listener: TcpListener,
    pub(crate) client: Option<Arc<dyn WebhookClient>>,
    pub(crate) stopped: watch::Receiver<bool>,
}

/// Serves on the calling thread until it is told to stop. The handle goes out as soon as
/// requests are taken.
pub(crate) fn serve(serving: Serving, started: SyncSender<std::io::Result<ServerHandle>>) {
    rt::System::new().block_on(async move {
        let Serving {
            core,
            auth,
            audit,
            secure,
            public_url,
            listener,
            client,
            stopped,
        } = serving;
        let limits = core.limits;
        let data = Data::from(Arc::clone(&core));
        let metrics = Data::new(Metrics::of(audit.trail()).cache_of(&auth));
        let site = Data::new(Site {
            audit,
            secure,
            public_url,
        });
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .app_data(site.clone())
                .app_data(metrics.clone())
                .configure(limit_extractors)
                .wrap(from_fn(check_host))
                .wrap(security_headers())
                .configure(|config| routes(config, &auth))
        })
        .workers(WORKERS)
        .max_connections(limits.connections)
        .client_request_timeout(Duration::from_secs(5))
        .client_disconnect_timeout(Duration::from_secs(1))
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(5)
        .disable_signals()
        .listen(listener);
        let server = match server {
            Ok(server) => server.run(),
            Err(error) => {
                // An error means that the monitor is gone already.
                drop(started.send(Err(error)));
                return;
            }
        };
        if started.send(Ok(server.handle())).is_err() {
            return;
        }
        for at in 0..core.outputs.len() {
            rt::spawn(outbox::deliver(
                Arc::clone(&core),
                at,
                client.clone(),
                stopped.clone(),
            ));
        }
        rt::spawn(ticker::tick(core, stopped));
        // A server that fails after it was started has said so to its workers; it is over.
        drop(server.await);
    });
}

fn limit_extractors(config: &mut ServiceConfig) {
    config
        .app_data(PayloadConfig::new(SMALL_BODY))
        .app_data(
            JsonConfig::default()
                .limit(SMALL_BODY)
                .error_handler(|_, _| {
                    ApiError::BadRequest("the body is not the JSON that this route takes").into()
                }),
        )
        .app_data(QueryConfig::default().error_handler(|_, _| {
            ApiError::BadRequest("the query is not what this route takes").into()
        }))
        .app_data(
            PathConfig::default().error_handler(|_, _| ApiError::NotFound("no such route").into()),
        );
}

fn routes(config: &mut ServiceConfig, auth: &JwtAuth) {
    let resource = |path: &str, route: actix_web::Route| {
        web::resource(path)
            .route(route)
            .default_service(web::to(not_found::method))
    };
    let get = web::get;
    config
        .service(resource("/healthz", get().to(healthz::handle)))
        .service(resource("/metrics", get().to(metrics::handle)))
        .service(
            web::resource("/api/v1/events")
                .guard(guard::Post())
                .app_data(PayloadConfig::new(usize::MAX))
                .to(ingest::handle),
        )
        .service(resource(
            "/api/v1/quarantine/list",
            get().to(quarantine_list::handle),
        ))
        .service(resource("/api/v1/login", web::post().to(login::handle)))
        .service(
            web::scope("/api/v1")
                .wrap(auth.require(ADMIN_SCOPE))
                .service(resource("/logout", web::post().to(logout::handle)))
                .service(resource("/events", get().to(events::handle)))
                .service(resource("/session", get().to(session::handle)))
                .service(resource("/overview", get().to(overview::handle)))
                .service(resource("/alerts", get().to(alerts::handle)))
                .service(resource("/alerts/{id}", get().to(alert::handle)))
                .service(resource("/rules", get().to(rules::handle)))
                .service(resource("/rules/reload", web::post().to(rules::reload)))
                .service(resource(
                    "/rules/{name}/disable",
                    web::post().to(rules::disable),
                ))
                .service(resource(
                    "/rules/{name}/enable",
                    web::post().to(rules::enable),
                ))
                .service(resource("/responses", get().to(responses::handle)))
                .service(resource(
                    "/responses/reset",
                    web::post().to(responses::reset),
                ))
                .service(
                    resource("/quarantine", get().to(quarantine::list))
                        .route(web::post().to(quarantine::add)),
                )
                .service(resource(
                    "/quarantine/{id}",
                    web::delete().to(quarantine::release),
                ))
                .service(resource("/health", get().to(health::handle)))
                .service(resource("/stream", get().to(stream::handle)))
                .default_service(web::to(not_found::handle)),
        )
        .service(web::scope("/api").default_service(web::to(not_found::handle)))
        .default_service(get().to(asset::handle));
}

const WORKERS: usize = 2;
/// Bytes of any body but that of events.
const SMALL_BODY: usize = 4 * 1024;
