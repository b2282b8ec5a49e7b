use std::sync::Arc;
use std::time::Duration;

use jwtrail_event::{Clock, SecretToken};
use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::decoder::record;
use crate::logs::parse_line;
use crate::observed::{LogSource, ObservedRecord, Polled, UnreadableLog};

/// The events of a service, as a jwtrail monitor took them in.
pub struct MonitorLog {
    url: Url,
    token: SecretToken,
    client: Client,
    newest: Option<u64>,
    clock: Arc<dyn Clock>,
}

impl MonitorLog {
    /// Asks a monitor where its log ends; what it holds by then is passed over.
    ///
    /// # Errors
    /// When it does not answer, or does not let us in; when the token would go over plain http to
    /// another machine.
    pub async fn open(
        url: &str,
        token: SecretToken,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, UnreadableLog> {
        let unreadable = |problem: &str| {
            UnreadableLog::new(format!("the monitor {url}"), problem.to_owned(), None)
        };
        let base = Url::parse(url)
            .map_err(|_| unreadable("that is no URL; write it as http://127.0.0.1:8888"))?;
        if base.scheme() != "https" && !is_loopback(&base) {
            return Err(unreadable(
                "its token would go over the network unencrypted; use https",
            ));
        }
        let events = base
            .join("/api/v1/events")
            .map_err(|_| unreadable("that is no URL of a server"))?;
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT)
            .build()
            .map_err(|_| unreadable("no HTTP client can be built on this machine"))?;
        let mut monitor = Self {
            url: events,
            token,
            client,
            newest: None,
            clock,
        };
        let page = monitor.page(None, 1).await?;
        monitor.newest = page.events.iter().filter_map(|event| position(event)).max();
        Ok(monitor)
    }

    /// Everything newer than the newest that we have, page by page from the end of the log.
    async fn read(&mut self) -> Result<Vec<ObservedRecord>, UnreadableLog> {
        let mut pages: Vec<Vec<(u64, String)>> = Vec::new();
        let mut before = None;
        loop {
            let page = self.page(before, PAGE).await?;
            let length = page.events.len();
            let events = page
                .events
                .iter()
                .filter_map(|event| Some((position(event)?, event.get().to_owned())));
            let newer: Vec<(u64, String)> = events
                .filter(|(position, _)| self.newest.is_none_or(|newest| *position > newest))
                .collect();
            let all_newer = newer.len() == length;
            pages.push(newer);
            before = page.next_before;
            if !all_newer || before.is_none() || pages.len() >= MOST_PAGES {
                break;
            }
        }
        let mut events: Vec<(u64, String)> = pages.into_iter().flatten().collect();
        events.sort_by_key(|(position, _)| *position);
        self.newest = events.last().map(|(position, _)| *position).or(self.newest);
        let seen_at = self.clock.now();
        let records = events.into_iter().flat_map(|(position, raw)| {
            let entries = parse_line(raw.as_bytes());
            entries
                .into_iter()
                .map(move |entry| record(&entry, raw.clone(), position, seen_at))
                .collect::<Vec<_>>()
        });
        Ok(records.collect())
    }

    async fn page(&self, before: Option<u64>, limit: usize) -> Result<Page, UnreadableLog> {
        let mut url = self.url.clone();
        url.query_pairs_mut()
            .append_pair("limit", &limit.to_string());
        if let Some(before) = before {
            url.query_pairs_mut()
                .append_pair("before", &before.to_string());
        }
        let request = self.client.get(url).bearer_auth(self.token.expose());
        let mut response = request.send().await.map_err(|error| self.away(&error))?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Err(self.unreadable(
                    "it does not let us in; give a token that may read events".to_owned(),
                ));
            }
            status => return Err(self.unreadable(format!("it answered {status}"))),
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.away(&error))? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(self.unreadable(format!("its answer is larger than {MAX_BODY} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|_| {
            self.unreadable("its answer is no list of events; is it a jwtrail monitor?".to_owned())
        })
    }

    fn away(&self, error: &reqwest::Error) -> UnreadableLog {
        let how = if error.is_timeout() {
            "in time"
        } else {
            "at all"
        };
        self.unreadable(format!(
            "it does not answer {how}; start it with `jwtrail serve`"
        ))
    }

    fn unreadable(&self, problem: String) -> UnreadableLog {
        UnreadableLog::new(self.description(), problem, None)
    }
}

impl std::fmt::Debug for MonitorLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MonitorLog")
            .field("newest", &self.newest)
            .finish_non_exhaustive()
    }
}

impl LogSource for MonitorLog {
    fn description(&self) -> String {
        format!("the monitor {}", self.url.origin().ascii_serialization())
    }

    fn poll(&mut self) -> Polled<'_> {
        Box::pin(self.read())
    }
}

#[derive(Deserialize)]
struct Page {
    events: Vec<Box<RawValue>>,
    next_before: Option<u64>,
}

fn position(event: &RawValue) -> Option<u64> {
    #[derive(Deserialize)]
    struct Placed {
        position: u64,
    }
    serde_json::from_str::<Placed>(event.get())
        .ok()
        .map(|placed| placed.position)
}

fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}

/// How long the monitor may take for an answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How many events are asked for at once.
const PAGE: usize = 1_000;
/// How many pages are read in one poll.
const MOST_PAGES: usize = 100;
/// The largest answer that is read, in bytes.
const MAX_BODY: usize = 64 * 1024 * 1024;
