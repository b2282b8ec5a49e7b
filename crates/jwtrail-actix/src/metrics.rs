//! What was counted, in the text format of Prometheus and for OpenTelemetry.

mod families;
mod instruments;
#[cfg(feature = "otlp")]
mod otlp;
mod text;

use std::future::{Ready, ready};

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{Handler, HttpResponse};

use crate::{JwtAuth, Trail};
use instruments::{AsText, Instruments};
#[cfg(feature = "otlp")]
pub use otlp::{OtlpMetrics, OtlpMetricsError, OtlpMetricsExport};
pub use text::MetricsText;

/// The metrics of a protected service, and the handler that answers with them.
///
/// ```no_run
/// use actix_web::{App, web};
/// use jwtrail_actix::{JwtAuth, Metrics, Trail};
///
/// fn example(trail: &Trail, auth: &JwtAuth) {
///     let metrics = Metrics::of(trail).cache_of(auth);
///     let app = App::new()
///         .route("/metrics", web::get().to(metrics))
///         .service(web::scope("/orders").wrap(auth.clone()));
/// }
/// ```
///
/// They say how much this service is used and by which routes: mount them where only those who
/// scrape them get. They are counted of what is recorded, by every thread for itself, and
/// bounded: labels are names of closed sets, patterns of routes and names of the configuration,
/// and beyond a thousand series of decisions the route is `(other)`. No label is what a token or
/// a client says.
#[derive(Clone, Debug)]
pub struct Metrics {
    trail: Trail,
    caches: Vec<JwtAuth>,
}

impl Metrics {
    /// The metrics of all that is recorded in a trail.
    #[must_use]
    pub fn of(trail: &Trail) -> Self {
        Self {
            trail: trail.clone(),
            caches: Vec::new(),
        }
    }

    /// Also says how many verified tokens the protection keeps. Of several ones, how many they
    /// keep together; clones of a protection are one.
    #[must_use]
    pub fn cache_of(mut self, auth: &JwtAuth) -> Self {
        self.caches.push(auth.clone());
        self
    }

    /// All of them, in the text format of Prometheus (version 0.0.4).
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = MetricsText::default();
        self.write(&mut text);
        text.into_text()
    }

    /// Writes them before others, for who has more to say.
    ///
    /// ```
    /// use jwtrail_actix::{Metrics, MetricsText};
    ///
    /// fn scrape(metrics: &Metrics, open: u64) -> String {
    ///     let mut text = MetricsText::default();
    ///     metrics.write(&mut text);
    ///     text.family("orders_open", "gauge", "Orders that are not delivered.");
    ///     text.sample("orders_open", &[], open);
    ///     text.into_text()
    /// }
    /// ```
    pub fn write(&self, text: &mut MetricsText) {
        self.families(&mut AsText::new(text));
    }

    fn families(&self, out: &mut impl Instruments) {
        let (tally, series) = self.trail.tally();
        families::decisions(&tally, &series, out);
        families::durations(&tally, out);
        families::cache(&tally, out);
        if !self.caches.is_empty() {
            let tokens = self
                .caches
                .iter()
                .map(|auth| auth.verifier().cached_tokens());
            families::cached_tokens(tokens.sum(), out);
        }
        families::lifecycle(&tally, out);
        families::keys(&tally, self.trail.clock().now(), out);
        families::limits(&tally, out);
        families::records(&tally, &series, out);
        families::backlogs(self.trail.backlogs(), self.trail.clock().now(), out);
    }
}

impl Handler<()> for Metrics {
    type Output = HttpResponse;
    type Future = Ready<HttpResponse>;

    fn call(&self, (): ()) -> Self::Future {
        let answer = HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, MetricsText::CONTENT_TYPE))
            .insert_header((CACHE_CONTROL, "no-store"))
            .body(self.text());
        ready(answer)
    }
}
