use crate::closed_set::closed_set;

closed_set! {
    /// Why a decision failed.
    ///
    /// The set is closed. It is at once the event's `reason`, the metric's label, the scanner's
    /// expectation and the heading in the documentation.
    ///
    /// ```
    /// use jwtrail_event::Reason;
    /// assert_eq!("expired".parse(), Ok(Reason::Expired));
    /// assert_eq!(Reason::Expired.as_str(), "expired");
    /// ```
    pub enum Reason {
        /// The `Authorization` header is empty, repeated, or not of the form RFC 6750 section 2.1 asks for.
        MalformedHeader = "malformed_header",
        /// Not a compact JWS (RFC 7515 section 3.1) with a JSON header and claims.
        MalformedToken = "malformed_token",
        /// Longer than the configured maximum, 8 KiB by default.
        TokenTooLarge = "token_too_large",
        /// `crit` names an extension that is not understood (RFC 7515 section 4.1.11).
        UnsupportedCritical = "unsupported_critical",
        /// `alg` is not in the configured set (RFC 8725 section 3.1).
        AlgorithmNotAllowed = "algorithm_not_allowed",
        /// No key with this `kid` and algorithm.
        UnknownKey = "unknown_key",
        /// The key set could not be had.
        KeyUnavailable = "key_unavailable",
        /// The token brings its own key: `jku`, `x5u`, `jwk` or `x5c` (RFC 8725 section 3.10).
        UntrustedKey = "untrusted_key",
        /// The signature does not hold.
        BadSignature = "bad_signature",
        /// A required claim is absent.
        MissingClaim = "missing_claim",
        /// A claim has a type that RFC 7519 does not allow for it.
        BadClaimType = "bad_claim_type",
        /// `exp` is past (RFC 7519 section 4.1.4).
        Expired = "expired",
        /// `nbf` is in the future (RFC 7519 section 4.1.5).
        NotYetValid = "not_yet_valid",
        /// `iat` is in the future.
        IssuedInFuture = "issued_in_future",
        /// Valid for longer than the configured maximum, 24 hours by default.
        LifetimeTooLong = "lifetime_too_long",
        /// `iss` is not the issuer of the key (RFC 8725 section 3.8).
        BadIssuer = "bad_issuer",
        /// `aud` names somebody else (RFC 8725 section 3.9).
        BadAudience = "bad_audience",
        /// `typ` says that this is another kind of token (RFC 8725 section 3.11).
        WrongType = "wrong_type",
        /// The token, its family or its subject was revoked.
        Revoked = "revoked",
        /// The token or its family is quarantined.
        Quarantined = "quarantined",
        /// The proof of possession does not hold (RFC 9449 section 4.3).
        ProofInvalid = "proof_invalid",
        /// The proof of possession was used before.
        ProofReplayed = "proof_replayed",
        /// The server asks for a nonce in the proof; not a failure of the client.
        ProofNonceRequired = "proof_nonce_required",
        /// The token lacks a required scope (RFC 6750 section 3.1).
        InsufficientScope = "insufficient_scope",
        /// The application's own policy said no.
        PolicyDenied = "policy_denied",
        /// A limit refused the request.
        RateLimited = "rate_limited",
        /// An old refresh token came again: its family is revoked (RFC 9700 section 4.14).
        RefreshReused = "refresh_reused",
        /// The refresh token is not ours, or its family is unknown or revoked.
        RefreshUnknown = "refresh_unknown",
        /// The refresh token belongs to another client.
        RefreshClientMismatch = "refresh_client_mismatch",
        /// No credentials came.
        Missing = "missing",
        /// A login failed.
        BadCredentials = "bad_credentials",
        /// The client went away, or the deadline passed, before a decision.
        Undecided = "undecided",
        /// The store of revocations, limits or sessions does not answer.
        BackendUnavailable = "backend_unavailable",
    }
}
