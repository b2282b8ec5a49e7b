use jwtrail_event::SecretToken;
use jwtrail_event::otlp::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use prost::Message as _;

use super::answer::{self, aside, count_rejected, export_of};
use crate::Outbound;
use crate::outbound::shown;
use crate::trail::TrailError;
use crate::trail::delivery::{Courier, Outcome, retry_after};

/// OTLP over HTTP.
pub(super) struct HttpCourier {
    client: Outbound,
    url: String,
    encoding: Encoding,
    headers: Vec<(String, SecretToken)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Protobuf,
    Json,
}

impl HttpCourier {
    pub(super) fn new(
        client: Outbound,
        url: String,
        encoding: Encoding,
        headers: Vec<(String, SecretToken)>,
    ) -> Result<Self, TrailError> {
        if !client.is_usable(&url) {
            return Err(TrailError::CollectorUrl { url: shown(&url) });
        }
        Ok(Self {
            client,
            url,
            encoding,
            headers,
        })
    }
}

impl Courier for HttpCourier {
    const RECEIVER: &'static str = answer::RECEIVER;

    fn url(&self) -> &str {
        &self.url
    }

    async fn deliver(&mut self, lines: &[u8]) -> Outcome {
        let encoding = self.encoding;
        let written = aside(lines, move |lines| {
            let (export, rejected) = export_of(lines);
            encoding.write(&export).map(|body| (body, rejected))
        });
        let Some((body, mut rejected)) = written.await.flatten() else {
            return Outcome::Unfit;
        };
        let mut request = self
            .client
            .post(&self.url)
            .header("content-type", self.encoding.media_type());
        for (name, value) in &self.headers {
            request = request.secret_header(name, value);
        }
        let answer = match request.body(body).send().await {
            Ok(answer) => answer,
            Err(error) => return Outcome::away(&error),
        };
        match answer.status() {
            200..=299 => {
                // An answer that can't be read is no collector's, and a success all the same.
                if let Some(answer) = self.encoding.read(answer.body()) {
                    count_rejected(&mut rejected, lines, answer);
                }
                Outcome::Taken(rejected)
            }
            400 | 413 | 422 => Outcome::Unfit,
            // The protocol would give up on most of these. A trail does not: whatever an
            // operator can mend is waited for.
            status => Outcome::Refused {
                answer: status.to_string(),
                remedy: remedy(status),
                wait: retry_after(&answer),
                smaller: false,
            },
        }
    }
}

impl Encoding {
    fn media_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }

    fn write(self, export: &ExportLogsServiceRequest) -> Option<Vec<u8>> {
        match self {
            Self::Protobuf => Some(export.encode_to_vec()),
            Self::Json => serde_json::to_vec(export).ok(),
        }
    }

    fn read(self, body: &[u8]) -> Option<ExportLogsServiceResponse> {
        match self {
            Self::Protobuf => ExportLogsServiceResponse::decode(body).ok(),
            Self::Json => serde_json::from_slice(body).ok(),
        }
    }
}

fn remedy(status: u16) -> &'static str {
    match status {
        401 | 403 => answer::CREDENTIAL,
        404 | 405 => "there is no receiver of OTLP logs at this address: check the URL",
        415 => "it does not take this encoding: try the other one",
        _ => answer::WAITING,
    }
}
