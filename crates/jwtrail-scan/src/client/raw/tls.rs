use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::super::SendError;

/// How a connection is made private: with the machine's own list of authorities, as all other
/// requests of a scan are.
#[derive(Clone)]
pub(in crate::client) struct Tls {
    config: Option<Arc<ClientConfig>>,
}

impl Tls {
    pub(in crate::client) fn of_this_machine() -> Self {
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
        let config = builder
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_platform_verifier())
            .map(|builder| Arc::new(builder.with_no_client_auth()));
        Self {
            config: config.ok(),
        }
    }

    #[cfg(test)]
    pub(super) fn new(config: ClientConfig) -> Self {
        Self {
            config: Some(Arc::new(config)),
        }
    }

    pub(super) async fn connect(
        &self,
        host: &str,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, SendError> {
        let config = self.config.clone().ok_or(SendError::Client)?;
        let name = host.trim_matches(['[', ']']).to_owned();
        let name = name.try_into().map_err(|_| SendError::Client)?;
        let connected = TlsConnector::from(config).connect(name, stream).await;
        connected.map_err(|error| SendError::Failed(error.to_string()))
    }
}
