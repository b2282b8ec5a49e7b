//! What this crate has to say about itself, one type for each event. Only these write log
//! lines; none of them carries a token, an identity or a request's text.

use jwtrail_event::DroppedKind;
use jwtrail_session::StateError;
use jwtrail_verify::SkippedKey;

use crate::issuer_keys::FetchError;
#[cfg(feature = "otlp")]
use crate::outbound::shown;
use crate::trail::SinkError;

pub(crate) struct RecordedAfterStop;

impl RecordedAfterStop {
    pub(crate) fn emit(self) {
        tracing::error!(
            "an audit record came after the trail was stopped and is lost; stop the trail after the server"
        );
    }
}

pub(crate) struct RouteNotProtected;

impl RouteNotProtected {
    pub(crate) fn emit(self) {
        tracing::error!(
            "a handler takes an AccessToken on a route without JwtAuth; wrap the route"
        );
    }
}

pub(crate) struct UnsafeOption<'a> {
    pub(crate) option: &'a str,
}

impl UnsafeOption<'_> {
    pub(crate) fn emit(self) {
        tracing::warn!(option = self.option, "an unsafe option is in force");
    }
}

pub(crate) struct ProxySuspected;

impl ProxySuspected {
    pub(crate) fn emit(self) {
        tracing::warn!(
            "one address sends above half of the traffic: if it is a proxy, name it in `trusted_proxies`; its failures are not limited"
        );
    }
}

pub(crate) struct StateDown<'a> {
    pub(crate) error: &'a StateError,
}

impl StateDown<'_> {
    pub(crate) fn emit(self) {
        let cause = std::error::Error::source(self.error).map(ToString::to_string);
        tracing::error!(
            error = %self.error,
            cause = cause.unwrap_or_default(),
            "nobody knows which tokens are revoked"
        );
    }
}

#[cfg(feature = "otlp")]
pub(crate) struct MetricsNotTaken<'a> {
    pub(crate) url: &'a str,
    pub(crate) problem: &'a str,
}

#[cfg(feature = "otlp")]
impl MetricsNotTaken<'_> {
    pub(crate) fn emit(self) {
        tracing::warn!(
            url = shown(self.url),
            problem = self.problem,
            "the collector does not take metrics; they are sent again"
        );
    }
}

#[cfg(feature = "otlp")]
pub(crate) struct MetricsTaken<'a> {
    pub(crate) url: &'a str,
}

#[cfg(feature = "otlp")]
impl MetricsTaken<'_> {
    pub(crate) fn emit(self) {
        tracing::info!(url = shown(self.url), "the collector takes metrics again");
    }
}

pub(crate) struct StateBack;

impl StateBack {
    pub(crate) fn emit(self) {
        tracing::info!("the session store answers again");
    }
}

pub(crate) struct LimitsDegraded {
    /// Whether they are shared again.
    pub(crate) shared: bool,
}

impl LimitsDegraded {
    pub(crate) fn emit(self) {
        if self.shared {
            tracing::info!("limits are shared again");
        } else {
            tracing::warn!("the shared limits do not answer: this process counts for itself");
        }
    }
}

pub(crate) struct SinkThreadPanicked;

impl SinkThreadPanicked {
    pub(crate) fn emit(self) {
        tracing::error!("an audit sink panicked; records since the last batch may be lost");
    }
}

pub(crate) struct RecordsDropped<'a> {
    pub(crate) sink: &'a str,
    pub(crate) kind: DroppedKind,
    pub(crate) count: u64,
}

impl RecordsDropped<'_> {
    pub(crate) fn emit(self) {
        tracing::error!(
            sink = self.sink,
            kind = self.kind.as_str(),
            count = self.count,
            "audit records were lost"
        );
    }
}

pub(crate) struct SinkFailed<'a> {
    pub(crate) sink: &'a str,
    pub(crate) error: &'a SinkError,
}

impl SinkFailed<'_> {
    pub(crate) fn emit(self) {
        let cause = std::error::Error::source(self.error).map(ToString::to_string);
        tracing::error!(
            sink = self.sink,
            error = %self.error,
            cause = cause.unwrap_or_default(),
            "an audit sink fails; its records wait as long as there is room"
        );
    }
}

pub(crate) struct SinkRecovered<'a> {
    pub(crate) sink: &'a str,
}

impl SinkRecovered<'_> {
    pub(crate) fn emit(self) {
        tracing::info!(sink = self.sink, "the audit sink works again");
    }
}

pub(crate) struct SinksNotDrained {
    pub(crate) deadline: std::time::Duration,
}

impl SinksNotDrained {
    pub(crate) fn emit(self) {
        tracing::warn!(
            seconds = self.deadline.as_secs_f64(),
            "the audit sinks did not finish in time; what is in a spool is delivered at the next start"
        );
    }
}

pub(crate) struct KeysChanged<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) keys: usize,
}

impl KeysChanged<'_> {
    pub(crate) fn emit(self) {
        tracing::info!(
            issuer = self.issuer,
            keys = self.keys,
            "the issuer has other keys"
        );
    }
}

pub(crate) struct KeySkipped<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) skipped: &'a SkippedKey,
}

impl KeySkipped<'_> {
    pub(crate) fn emit(self) {
        tracing::warn!(issuer = self.issuer, problem = %self.skipped, "an issuer's key is not used");
    }
}

pub(crate) struct KeysNotFetched<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) error: &'a FetchError,
}

impl KeysNotFetched<'_> {
    pub(crate) fn emit(self) {
        let cause = std::error::Error::source(self.error).map(ToString::to_string);
        tracing::error!(
            issuer = self.issuer,
            error = %self.error,
            cause = cause.unwrap_or_default(),
            "an issuer's keys cannot be fetched; those that are there count on for a while"
        );
    }
}

pub(crate) struct KeysThreadPanicked;

impl KeysThreadPanicked {
    pub(crate) fn emit(self) {
        tracing::error!("the thread that fetches keys panicked");
    }
}

#[cfg(feature = "outbound")]
pub(crate) use quarantine::*;
#[cfg(feature = "outbound")]
pub(crate) use receivers::*;

#[cfg(feature = "outbound")]
mod quarantine;

#[cfg(feature = "outbound")]
mod receivers {
    use crate::outbound::shown;

    pub(crate) struct IssuerDoesNotAnswer<'a> {
        pub(crate) problem: &'a str,
    }

    impl IssuerDoesNotAnswer<'_> {
        pub(crate) fn emit(self) {
            tracing::error!(
                problem = self.problem,
                "the issuer does not answer introspections; tokens that it has to be asked about are refused with 503"
            );
        }
    }

    pub(crate) struct IssuerAnswersAgain;

    impl IssuerAnswersAgain {
        pub(crate) fn emit(self) {
            tracing::info!("the issuer answers introspections again");
        }
    }

    pub(crate) struct ReceiverAway<'a> {
        pub(crate) receiver: &'static str,
        pub(crate) url: &'a str,
        pub(crate) problem: &'a str,
    }

    impl ReceiverAway<'_> {
        pub(crate) fn emit(self) {
            tracing::warn!(
                url = shown(self.url),
                error = self.problem,
                "{} does not answer; audit records wait in the spool",
                self.receiver
            );
        }
    }

    pub(crate) struct ReceiverBack<'a> {
        pub(crate) receiver: &'static str,
        pub(crate) url: &'a str,
    }

    impl ReceiverBack<'_> {
        pub(crate) fn emit(self) {
            tracing::info!(
                url = shown(self.url),
                "{} takes audit records again",
                self.receiver
            );
        }
    }

    pub(crate) struct ReceiverRefused<'a> {
        pub(crate) receiver: &'static str,
        pub(crate) url: &'a str,
        pub(crate) answer: &'a str,
        pub(crate) remedy: &'a str,
    }

    impl ReceiverRefused<'_> {
        pub(crate) fn emit(self) {
            tracing::error!(
                url = shown(self.url),
                answer = self.answer,
                remedy = self.remedy,
                "{} refuses audit records",
                self.receiver
            );
        }
    }

    pub(crate) struct ReceiverRejectedLines<'a> {
        pub(crate) receiver: &'static str,
        pub(crate) count: u64,
        pub(crate) problem: &'a str,
    }

    impl ReceiverRejectedLines<'_> {
        pub(crate) fn emit(self) {
            let problem: String = self.problem.chars().take(200).collect();
            tracing::error!(
                count = self.count,
                problem = ?problem,
                "{} rejected audit records; they are lost there",
                self.receiver
            );
        }
    }

    pub(crate) struct SpoolUnreadable<'a> {
        pub(crate) error: &'a std::io::Error,
    }

    impl SpoolUnreadable<'_> {
        pub(crate) fn emit(self) {
            tracing::error!(error = %self.error, "the spool of audit records cannot be read or cleared");
        }
    }
}
