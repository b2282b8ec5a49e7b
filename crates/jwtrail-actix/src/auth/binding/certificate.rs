use actix_web::HttpMessage as _;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jwtrail_verify::Thumbprint;

/// The certificate that a client showed in the TLS handshake: what a token with `cnf.x5t#S256`
/// is bound to (RFC 8705 section 3).
///
/// A service that ends TLS itself puts it among its connection's data, where protected routes
/// find it. TLS must have verified that the client has the private key; who signed the
/// certificate does not matter here, only that it is this one.
///
/// ```no_run
/// use actix_tls::accept::rustls_0_23::TlsStream; // and actix-web's feature `rustls-0_23`
/// use actix_web::{App, HttpServer};
/// use jwtrail_actix::ClientCertificate;
/// use tokio::net::TcpStream;
/// # use tokio_rustls::rustls::ServerConfig;
///
/// # fn serve(tls: ServerConfig) -> std::io::Result<actix_web::dev::Server> {
/// let server = HttpServer::new(|| App::new() /* and its protected routes */)
///     .on_connect(|io, data| {
///         let Some(stream) = io.downcast_ref::<TlsStream<TcpStream>>() else { return };
///         let (_, connection) = stream.get_ref();
///         if let Some([certificate, ..]) = connection.peer_certificates() {
///             data.insert(ClientCertificate::from_der(certificate));
///         }
///     })
///     .bind_rustls_0_23("0.0.0.0:8443", tls)?;
/// # Ok(server.run())
/// # }
/// ```
///
/// A middleware of your own can put it into the request's extensions instead, which count first.
/// Behind a proxy, see
/// [`client_certificates_from_proxies`](crate::JwtAuthBuilder::client_certificates_from_proxies).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientCertificate(Thumbprint);

impl ClientCertificate {
    /// A certificate as DER: the first of the client's chain.
    ///
    /// ```
    /// use jwtrail_actix::ClientCertificate;
    /// let [one, other] = [b"one", b"two"].map(|der| ClientCertificate::from_der(der));
    /// assert_ne!(one, other);
    /// ```
    #[must_use]
    pub fn from_der(der: &[u8]) -> Self {
        Self(Thumbprint::of_certificate(der))
    }

    /// Its SHA-256.
    #[must_use]
    pub const fn thumbprint(&self) -> &Thumbprint {
        &self.0
    }
}

/// What the service knows itself.
pub(super) fn of_connection(request: &ServiceRequest) -> Option<Thumbprint> {
    let given = request.extensions().get::<ClientCertificate>().copied();
    let certificate = given.or_else(|| request.conn_data::<ClientCertificate>().copied())?;
    Some(certificate.0)
}

/// `Client-Cert: :BASE64:` (RFC 9440 section 2.2), once.
pub(super) fn from_header(headers: &HeaderMap) -> Option<Thumbprint> {
    let mut values = headers.get_all("client-cert");
    let (value, None) = (values.next()?, values.next()) else {
        return None;
    };
    let value = value.as_bytes().trim_ascii();
    let base64 = value.strip_prefix(b":")?.strip_suffix(b":")?;
    if base64.is_empty() || base64.len() > MAX_CERTIFICATE {
        return None;
    }
    let der = STANDARD.decode(base64).ok()?;
    Some(Thumbprint::of_certificate(&der))
}

/// In characters.
const MAX_CERTIFICATE: usize = 16_384;

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn the_header_is_one_byte_sequence() {
        let expected = Some(Thumbprint::of_certificate(b"hello"));
        for (values, found) in [
            (&[&b":aGVsbG8=:"[..]][..], expected),
            (&[b"  :aGVsbG8=: "], expected),
            (&[], None),
            (&[b""], None),
            (&[b"::"], None),
            (&[b"aGVsbG8="], None),
            (&[b":aGVsbG8=:;a=1"], None),
            (&[b":aGVs bG8=:"], None),
            (&[b":a-_=:"], None),
            (&[b":\xff:"], None),
            (&[b":aGVsbG8=:, :aGVsbG8=:"], None),
            (&[b":aGVsbG8=:", b":aGVsbG8=:"], None),
            (&[format!(":{}:", "A".repeat(20_000)).as_bytes()], None),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                let value = HeaderValue::from_bytes(value).unwrap();
                headers.append(HeaderName::from_static("client-cert"), value);
            }
            assert_eq!(from_header(&headers), found, "{values:?}");
        }
    }
}
