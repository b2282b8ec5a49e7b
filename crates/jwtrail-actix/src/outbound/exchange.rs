use std::future::poll_fn;
use std::pin::pin;

use tonic::codegen::Body as _;
use tonic::codegen::http::{Request, Response};

use super::{Outbound, OutboundError};

impl Outbound {
    /// Sends a call of gRPC. The answer's body still comes, with its trailers; the deadline holds
    /// for it, too, and who reads it caps it.
    pub(crate) async fn exchange(
        &self,
        request: Request<tonic::body::Body>,
    ) -> Result<Response<reqwest::Body>, OutboundError> {
        let (head, body) = request.into_parts();
        let request = reqwest::Request::try_from(Request::from_parts(head, whole(body).await?))?;
        self.check(request.url())?;
        Ok(self.client.execute(request).await?.into())
    }
}

/// Our own message, which is there already.
async fn whole(body: tonic::body::Body) -> Result<Vec<u8>, OutboundError> {
    let (mut body, mut whole) = (pin!(body), Vec::new());
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let frame = frame.map_err(|source| OutboundError::Encoding {
            source: source.into(),
        })?;
        if let Some(data) = frame.data_ref() {
            whole.extend_from_slice(data);
        }
    }
    Ok(whole)
}
