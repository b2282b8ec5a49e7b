use std::error::Error as _;
use std::task::{Context, Poll};

use jwtrail_event::SecretToken;
use jwtrail_event::otlp::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::codegen::http::{Request, Response, Uri};
use tonic::codegen::{BoxFuture, Service};
use tonic::metadata::{Ascii, MetadataKey, MetadataMap, MetadataValue};
use tonic::{Code, Status};
use tonic_prost::ProstCodec;

use super::answer::{self, aside, count_rejected, export_of};
use crate::outbound::shown;
use crate::trail::TrailError;
use crate::trail::delivery::{Courier, Outcome};
use crate::{Outbound, OutboundError};
use retry_info::retry_delay;

mod retry_info;

/// OTLP over gRPC: tonic's framing and status over the one outbound client.
pub(super) struct GrpcCourier {
    grpc: Grpc<Channel>,
    url: String,
    metadata: MetadataMap,
}

impl GrpcCourier {
    pub(super) fn new(
        client: Outbound,
        url: &str,
        headers: Vec<(String, SecretToken)>,
    ) -> Result<Self, TrailError> {
        let origin = url.parse::<Uri>().ok();
        let origin = origin.filter(|_| client.is_usable(url));
        let origin = origin.ok_or_else(|| TrailError::CollectorUrl { url: shown(url) })?;
        let mut metadata = MetadataMap::new();
        for (name, value) in headers {
            let key = name.to_ascii_lowercase().parse::<MetadataKey<Ascii>>();
            let value = value.expose().parse::<MetadataValue<Ascii>>();
            let (Ok(key), Ok(mut value)) = (key, value) else {
                return Err(TrailError::CollectorHeader { name });
            };
            value.set_sensitive(true);
            metadata.insert(key, value);
        }
        Ok(Self {
            grpc: Grpc::with_origin(Channel(client), origin),
            url: url.to_owned(),
            metadata,
        })
    }

    async fn export(
        &mut self,
        export: ExportLogsServiceRequest,
    ) -> Result<ExportLogsServiceResponse, Status> {
        let mut request = tonic::Request::new(export);
        request.metadata_mut().clone_from(&self.metadata);
        // Never fails: a channel of this kind has no state.
        self.grpc
            .ready()
            .await
            .map_err(|error| Status::from_error(error.into()))?;
        let codec: ProstCodec<ExportLogsServiceRequest, ExportLogsServiceResponse> =
            ProstCodec::default();
        let method = PathAndQuery::from_static(METHOD);
        let answer = self.grpc.unary(request, method, codec).await?;
        Ok(answer.into_inner())
    }
}

impl Courier for GrpcCourier {
    const RECEIVER: &'static str = answer::RECEIVER;

    fn url(&self) -> &str {
        &self.url
    }

    async fn deliver(&mut self, lines: &[u8]) -> Outcome {
        let Some((export, mut rejected)) = aside(lines, export_of).await else {
            return Outcome::Unfit;
        };
        match self.export(export).await {
            Ok(answer) => {
                count_rejected(&mut rejected, lines, answer);
                Outcome::Taken(rejected)
            }
            Err(status) => outcome(&status),
        }
    }
}

fn outcome(status: &Status) -> Outcome {
    if let Some(error) = status
        .source()
        .and_then(|e| e.downcast_ref::<OutboundError>())
    {
        return Outcome::away(error);
    }
    let code = status.code();
    if code == Code::InvalidArgument {
        return Outcome::Unfit;
    }
    Outcome::Refused {
        answer: format!("{code:?}"),
        remedy: match code {
            Code::Unauthenticated | Code::PermissionDenied => answer::CREDENTIAL,
            Code::Unimplemented => {
                "there is no receiver of OTLP logs at this address: check the URL"
            }
            _ => answer::WAITING,
        },
        wait: retry_delay(status.details()),
        // Also what a receiver says to a message that is too large for it.
        smaller: matches!(code, Code::ResourceExhausted | Code::OutOfRange),
    }
}

/// The outbound client as tonic wants a connection.
struct Channel(Outbound);

impl Service<Request<tonic::body::Body>> for Channel {
    type Response = Response<reqwest::Body>;
    type Error = OutboundError;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<tonic::body::Body>) -> Self::Future {
        let client = self.0.clone();
        Box::pin(async move { client.exchange(request).await })
    }
}

const METHOD: &str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
