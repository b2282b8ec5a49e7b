use crate::closed_set::closed_set;

closed_set! {
    /// How it ended.
    ///
    /// ```
    /// use jwtrail_event::Outcome;
    /// assert_eq!(Outcome::Success.as_str(), "success");
    /// assert_eq!("success".parse(), Ok(Outcome::Success));
    /// ```
    pub enum Outcome {
        /// As asked.
        Success = "success",
        /// Not as asked.
        Failure = "failure",
    }
}

closed_set! {
    /// How far a record's claims may be believed.
    ///
    /// ```
    /// use jwtrail_event::Trust;
    /// assert_eq!(Trust::Signed.as_str(), "signed");
    /// assert_eq!("signed".parse(), Ok(Trust::Signed));
    /// ```
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
    ///
    /// ```
    /// use jwtrail_event::Exit;
    /// assert_eq!(Exit::Panicked.as_str(), "panicked");
    /// assert_eq!("panicked".parse(), Ok(Exit::Panicked));
    /// ```
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
    ///
    /// ```
    /// use jwtrail_event::Hop;
    /// assert_eq!(Hop::Edge.as_str(), "edge");
    /// assert_eq!("edge".parse(), Ok(Hop::Edge));
    /// ```
    pub enum Hop {
        /// From outside the configured internal networks.
        Edge = "edge",
        /// From another service of ours.
        Internal = "internal",
    }
}

closed_set! {
    /// Where the correlation id came from.
    ///
    /// ```
    /// use jwtrail_event::CorrelationSource;
    /// assert_eq!(CorrelationSource::Incoming.as_str(), "incoming");
    /// assert_eq!("incoming".parse(), Ok(CorrelationSource::Incoming));
    /// ```
    pub enum CorrelationSource {
        /// The request brought it.
        Incoming = "incoming",
        /// We made it.
        Generated = "generated",
    }
}

closed_set! {
    /// What the verified-token cache said.
    ///
    /// ```
    /// use jwtrail_event::CacheUse;
    /// assert_eq!(CacheUse::Hit.as_str(), "hit");
    /// assert_eq!("hit".parse(), Ok(CacheUse::Hit));
    /// ```
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
    ///
    /// ```
    /// use jwtrail_event::Authz;
    /// assert_eq!(Authz::Denied.as_str(), "denied");
    /// assert_eq!("denied".parse(), Ok(Authz::Denied));
    /// ```
    pub enum Authz {
        /// Yes.
        Granted = "granted",
        /// No.
        Denied = "denied",
    }
}

closed_set! {
    /// Which records a sink lost.
    ///
    /// ```
    /// use jwtrail_event::DroppedKind;
    /// assert_eq!(DroppedKind::Unverified.as_str(), "unverified");
    /// assert_eq!("unverified".parse(), Ok(DroppedKind::Unverified));
    /// ```
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
