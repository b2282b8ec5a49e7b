use crate::closed_set::closed_set;

closed_set! {
    /// How it ended.
    pub enum Outcome {
        /// As asked.
        Success = "success",
        /// Not as asked.
        Failure = "failure",
    }
}

closed_set! {
    /// How far a record's claims may be believed.
    pub enum Trust {
        /// No token, or its signature did not hold or was not reached: the claims are the
        /// sender's word.
        None = "none",
        /// The signature held under a key bound to the issuer; a later step failed.
        Signed = "signed",
        /// Every token step passed, or we minted the token ourselves.
        Verified = "verified",
    }
}

closed_set! {
    /// How the request left the service.
    pub enum Exit {
        /// A response head was sent.
        Responded = "responded",
        /// The client went away.
        Dropped = "dropped",
        /// The handler panicked.
        Panicked = "panicked",
        /// The deadline passed.
        Deadline = "deadline",
    }
}

closed_set! {
    /// Where a request came from.
    pub enum Hop {
        /// From outside the configured internal networks.
        Edge = "edge",
        /// From another service of ours.
        Internal = "internal",
    }
}

closed_set! {
    /// Where the correlation id came from.
    pub enum CorrelationSource {
        /// The request brought it.
        Incoming = "incoming",
        /// We made it.
        Generated = "generated",
    }
}

closed_set! {
    /// What the verified-token cache said.
    pub enum CacheUse {
        /// The token had been verified before.
        Hit = "hit",
        /// It had not.
        Miss = "miss",
        /// The cache was not asked.
        None = "none",
    }
}

closed_set! {
    /// What authorization said.
    pub enum Authz {
        /// Yes.
        Granted = "granted",
        /// No.
        Denied = "denied",
    }
}

closed_set! {
    /// Which records a sink lost.
    pub enum DroppedKind {
        /// Decisions on requests that never reached a good signature.
        Unverified = "unverified",
        /// Other failed decisions.
        Failed = "failed",
        /// Accepted requests.
        Accepted = "accepted",
        /// Lifecycle records.
        Lifecycle = "lifecycle",
        /// System records.
        System = "system",
    }
}
