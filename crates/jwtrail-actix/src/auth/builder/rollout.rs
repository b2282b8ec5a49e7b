//! Protection beside what is there already.

use super::JwtAuthBuilder;

impl JwtAuthBuilder {
    /// Records every decision and refuses nothing: to see, before a rollout, whom the protection
    /// would lock out. It is a `config.unsafe` event at start.
    ///
    /// What failed is on record as it would be, with `enforced: false` and the status that the
    /// handler answered. Handlers take `Option<AccessToken<C>>`: it is there when the token was
    /// verified, even if a later step failed (revoked, over a limit, without the scope). A
    /// handler that takes `AccessToken<C>` can't be called without one, so that it refuses by
    /// itself, with 401 and `enforced: true`.
    /// The deadline holds all the same.
    ///
    /// ```
    /// # use jwtrail_actix::{JwtAuth, JwtAuthBuilder, JwtAuthError};
    /// # fn example(auth: JwtAuthBuilder) -> Result<(), JwtAuthError> {
    /// let auth = auth.dangerous_observe_only().build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn dangerous_observe_only(mut self) -> Self {
        self.observe_only = true;
        self
    }

    /// Lets CORS preflights through without a token: `OPTIONS` with `Origin` and
    /// `Access-Control-Request-Method` and no credentials. They leave no record; any other
    /// `OPTIONS` is protected like the rest.
    ///
    /// It is needed where whatever answers preflights is behind the protection. Where it is
    /// before it (`.wrap(auth).wrap(cors)`: the last wrapped is the first asked), leave this
    /// off. A handler that takes every method is called for them, too; one that asks for an
    /// [`AccessToken`](crate::AccessToken) still answers 401.
    ///
    /// ```
    /// # use jwtrail_actix::{JwtAuth, JwtAuthBuilder, JwtAuthError};
    /// # fn example(auth: JwtAuthBuilder) -> Result<(), JwtAuthError> {
    /// let auth = auth.pass_preflights().build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn pass_preflights(mut self) -> Self {
        self.pass_preflights = true;
        self
    }
}
