//! What a token is bound to, and who knows of it.

use super::JwtAuthBuilder;
use crate::auth::binding::Dpop;
#[cfg(feature = "outbound")]
use crate::auth::introspection::Introspection;

impl JwtAuthBuilder {
    /// Takes tokens that are bound to a key, with a DPoP proof (RFC 9449). Without this a token
    /// with `cnf.jkt` is refused: a bound token is never taken like any other.
    ///
    /// ```
    /// # use jwtrail_actix::{Dpop, JwtAuthBuilder};
    /// # fn example(auth: JwtAuthBuilder) -> Result<(), Box<dyn std::error::Error>> {
    /// let auth = auth.dpop(Dpop::at("https://orders.example").asking_nonces()).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn dpop(mut self, dpop: Dpop) -> Self {
        self.dpop = Some(dpop);
        self
    }

    /// Takes the client's certificate from the header `Client-Cert` (RFC 9440) where the
    /// connection is one of the trusted proxies', instead of from the connection. The proxies
    /// must remove the header from what clients send. For tokens with `cnf.x5t#S256`; see
    /// [`ClientCertificate`](crate::ClientCertificate).
    ///
    /// ```
    /// # use jwtrail_actix::{JwtAuth, JwtAuthBuilder, JwtAuthError};
    /// # fn example(auth: JwtAuthBuilder) -> Result<(), JwtAuthError> {
    /// let auth = auth
    ///     .trusted_proxies(["10.0.0.0/8".parse().unwrap()])
    ///     .client_certificates_from_proxies()
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn client_certificates_from_proxies(mut self) -> Self {
        self.certificates_from_proxies = true;
        self
    }

    /// Asks an issuer about opaque tokens (RFC 7662). The verifier's keys are for the others;
    /// its policy is for all.
    ///
    /// ```
    /// # use jwtrail_actix::{Introspection, JwtAuthBuilder, JwtAuthError, Outbound};
    /// # use jwtrail_event::SecretToken;
    /// # fn example(
    /// #     auth: JwtAuthBuilder, outbound: Outbound, secret: SecretToken,
    /// # ) -> Result<(), JwtAuthError> {
    /// let introspection = Introspection::at("https://login.example/introspect", &outbound)
    ///     .issuer("https://login.example")
    ///     .client("orders-api", secret);
    /// let auth = auth.introspection(introspection).build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "outbound")]
    pub fn introspection(mut self, introspection: Introspection) -> Self {
        self.introspection = Some(introspection);
        self
    }
}
