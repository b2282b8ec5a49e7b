use std::fmt;
use std::time::Duration;

use jwtrail_actix::Outbound;
use jwtrail_event::{SecretToken, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::DemoError;
use crate::expected::AlertKey;

/// What the demo asks of the monitor.
#[derive(Clone)]
pub(crate) struct MonitorApi {
    http: reqwest::Client,
    url: String,
    token: SecretToken,
}

/// Without the URL, which may hold a secret.
impl fmt::Debug for MonitorApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MonitorApi").finish_non_exhaustive()
    }
}

/// An alert in the list.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ListedAlert {
    pub(crate) id: String,
    pub(crate) rule: String,
    pub(crate) key: AlertKey,
    pub(crate) last_time: Timestamp,
}

/// What the demo reads of a record.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ListedRecord {
    pub(crate) kind: String,
    pub(crate) instance: String,
    pub(crate) correlation_id: String,
    pub(crate) position: u64,
}

/// How far the monitor is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Positions {
    pub(crate) last: u64,
    pub(crate) judged: u64,
}

/// A page of records, newest first.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Page {
    pub(crate) events: Vec<ListedRecord>,
    pub(crate) next_before: Option<u64>,
}

impl MonitorApi {
    pub(crate) fn new(url: &str, token: SecretToken) -> Result<Self, DemoError> {
        let http = reqwest::Client::builder()
            .timeout(ANSWER_TIME)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(DemoError::Client)?;
        Ok(Self {
            http,
            url: url.trim_end_matches('/').to_owned(),
            token,
        })
    }

    /// The alerts, open or resolved, newest first.
    pub(crate) async fn alerts(&self) -> Result<Vec<ListedAlert>, AskError> {
        let list: AlertList = self.ask("/api/v1/alerts?state=all&limit=1000").await?;
        Ok(list.alerts)
    }

    /// The records that an alert rests on.
    pub(crate) async fn evidence(&self, id: &str) -> Result<Vec<ListedRecord>, AskError> {
        let detail: AlertDetail = self.ask(&format!("/api/v1/alerts/{id}")).await?;
        Ok(detail.evidence)
    }

    pub(crate) async fn events(&self, before: Option<u64>) -> Result<Page, AskError> {
        let before = before.map_or_else(String::new, |before| format!("&before={before}"));
        self.ask(&format!("/api/v1/events?limit={PAGE}{before}"))
            .await
    }

    /// The position of the log's last event, and that of the last event judged.
    pub(crate) async fn positions(&self) -> Result<Positions, AskError> {
        let health: Health = self.ask("/api/v1/health").await?;
        Ok(Positions {
            last: health.log.last_position,
            judged: health.detect.position,
        })
    }

    async fn ask<T: DeserializeOwned>(&self, path: &str) -> Result<T, AskError> {
        let request = self
            .http
            .get(format!("{}{path}", self.url))
            .bearer_auth(self.token.expose());
        let response = request.send().await.map_err(away)?;
        let status = response.status();
        if status.is_success() {
            return response.json().await.map_err(away);
        }
        if status.is_server_error() || status == reqwest::StatusCode::TOO_MANY_REQUESTS {
            return Err(AskError::Busy(status.as_u16()));
        }
        Err(AskError::Refused(DemoError::Monitor {
            url: Outbound::shown(&self.url),
            path: path.to_owned(),
            status: status.as_u16(),
        }))
    }
}

/// Without the URL, which may hold a secret.
fn away(error: reqwest::Error) -> AskError {
    AskError::Away(error.without_url())
}

/// Why the monitor gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    /// It can't be reached, or went away in mid-sentence: it may come back.
    #[error("the monitor does not answer")]
    Away(#[source] reqwest::Error),
    /// It can't answer now.
    #[error("the monitor answers {0}")]
    Busy(u16),
    /// It won't answer.
    #[error(transparent)]
    Refused(DemoError),
}

#[derive(Deserialize)]
struct AlertList {
    alerts: Vec<ListedAlert>,
}

#[derive(Deserialize)]
struct AlertDetail {
    evidence: Vec<ListedRecord>,
}

#[derive(Deserialize)]
struct Health {
    log: LogHealth,
    detect: DetectHealth,
}

#[derive(Deserialize)]
struct LogHealth {
    last_position: u64,
}

#[derive(Deserialize)]
struct DetectHealth {
    position: u64,
}

const ANSWER_TIME: Duration = Duration::from_secs(10);
const PAGE: u32 = 1_000;
