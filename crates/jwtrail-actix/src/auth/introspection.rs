//! Tokens that only their issuer can read: RFC 7662.

mod cache;
mod call;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jwtrail_event::{SecretToken, Timestamp};
use jwtrail_verify::{Rejection, Verified, Verifier};
use tokio::sync::Semaphore;

use crate::{JwtAuthError, Outbound};
use cache::{Answered, Answers, Found};
use call::Call;

/// Asks an issuer about tokens (RFC 7662): for
/// [`JwtAuthBuilder::introspection`](crate::JwtAuthBuilder::introspection).
///
/// Opaque tokens are asked about, and those in the form of a JWT are verified by their
/// signature, unless [every](Self::every_token) token is asked about. What an active token says
/// is held against the same policy as a signed one; a token that is not active is recorded as
/// `revoked`, with trust none, since the issuer says no more of it.
///
/// Answers are kept under a MAC of the token, never with the token: an active one for a minute,
/// but never past its `exp`; another one for five seconds. Many requests with one token cause
/// one question. An issuer that does not answer in time closes the route: 503.
///
/// ```
/// use jwtrail_actix::{Introspection, Outbound};
/// use jwtrail_event::SecretToken;
/// let outbound = Outbound::builder().allow_network("10.20.0.0/16".parse().unwrap()).build()?;
/// let secret = SecretToken::new("the client's secret".to_owned());
/// let introspection = Introspection::at("https://login.example/introspect", &outbound)
///     .issuer("https://login.example")
///     .client("orders-api", secret);
/// # Ok::<(), jwtrail_actix::OutboundError>(())
/// ```
#[must_use = "it does nothing before `JwtAuthBuilder::introspection`"]
pub struct Introspection {
    endpoint: String,
    outbound: Outbound,
    issuer: Option<String>,
    client: Option<(String, SecretToken)>,
    every_token: bool,
    keep: Duration,
    deadline: Duration,
    capacity: usize,
}

impl Introspection {
    /// At this endpoint. Its address is checked by the outbound client: a private one has to be
    /// allowed there.
    pub fn at(endpoint: &str, outbound: &Outbound) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            outbound: outbound.clone(),
            issuer: None,
            client: None,
            every_token: false,
            keep: KEEP,
            deadline: DEADLINE,
            capacity: CAPACITY,
        }
    }

    /// Whose tokens the endpoint knows: their `iss`, also where an answer has none.
    pub fn issuer(mut self, issuer: &str) -> Self {
        self.issuer = Some(issuer.to_owned());
        self
    }

    /// This service's own name and secret there, sent as `Authorization: Basic` (RFC 6749
    /// section 2.3.1).
    pub fn client(mut self, id: &str, secret: SecretToken) -> Self {
        self.client = Some((id.to_owned(), secret));
        self
    }

    /// Asks about tokens in the form of a JWT, too, so that their revocation counts.
    pub fn every_token(mut self) -> Self {
        self.every_token = true;
        self
    }

    /// How long an active token's answer is used, a minute unless said otherwise, at most an
    /// hour: a token that is revoked there is taken here for so long. With zero each request
    /// asks.
    pub fn keep(mut self, time: Duration) -> Self {
        self.keep = time;
        self
    }

    /// How long a request waits for the issuer, 3 s unless said otherwise.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How many answers are kept, 10,000 unless said otherwise.
    pub fn capacity(mut self, answers: usize) -> Self {
        self.capacity = answers;
        self
    }

    pub(super) fn build(self) -> Result<Introspector, JwtAuthError> {
        let unusable = |problem| JwtAuthError::Introspection { problem };
        let issuer = self.issuer.filter(|issuer| !issuer.is_empty());
        let issuer = issuer.ok_or(unusable("it needs its issuer"))?;
        let client = self.client.ok_or(unusable(
            "it needs a client of its own: whoever may ask there learns what any token is worth",
        ))?;
        if self.keep > MOST_KEEP {
            return Err(unusable("answers may be kept for an hour at most"));
        }
        let call = Call::new(self.endpoint, self.outbound, &client)
            .ok_or(unusable("its endpoint must be an https URL"))?;
        Ok(Introspector {
            call,
            issuer,
            every_token: self.every_token,
            deadline: self.deadline,
            answers: Answers::new(self.capacity, self.keep)
                .map_err(|_| JwtAuthError::Randomness)?,
            running: Semaphore::new(AT_ONCE),
        })
    }
}

impl fmt::Debug for Introspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Introspection")
            .field("endpoint", &self.endpoint)
            .field("issuer", &self.issuer)
            .field("every_token", &self.every_token)
            .finish_non_exhaustive()
    }
}

/// The same, ready to be used.
pub(crate) struct Introspector {
    call: Call,
    issuer: String,
    every_token: bool,
    deadline: Duration,
    answers: Answers,
    /// So that a flood of tokens is not passed on to the issuer.
    running: Semaphore,
}

impl Introspector {
    /// Whether this token is to be asked about.
    pub(super) fn takes(&self, token: &str) -> bool {
        self.every_token || token.split('.').count() != 3
    }

    /// What is known of a token without asking.
    pub(super) fn known(
        &self,
        verifier: &Verifier,
        token: &str,
        now: Timestamp,
    ) -> Option<Result<Verified, Box<Rejection>>> {
        if let Some(rejection) = verifier.too_large(token) {
            return Some(Err(rejection));
        }
        let answered = self.answers.find(token, now)?;
        Some(self.judge(verifier, token, answered, now))
    }

    /// Asks, unless somebody else is just asking about the same token.
    pub(super) async fn ask(
        &self,
        verifier: &Verifier,
        token: &str,
        now: Timestamp,
    ) -> Result<Verified, Box<Rejection>> {
        let asked = self.ask_once(verifier, token, now);
        match tokio::time::timeout(self.deadline, asked).await {
            Ok(verified) => verified,
            Err(_) => {
                self.call.failed("no answer within the deadline");
                Err(verifier.not_introspected(token))
            }
        }
    }

    async fn ask_once(
        &self,
        verifier: &Verifier,
        token: &str,
        now: Timestamp,
    ) -> Result<Verified, Box<Rejection>> {
        let place = match self.answers.find_or_reserve(token, now).await {
            Found::Answered(answered) => return self.judge(verifier, token, answered, now),
            Found::Reserved(place) => place,
        };
        let Ok(_running) = self.running.acquire().await else {
            return Err(verifier.not_introspected(token));
        };
        let Some(answer) = self.call.ask(token).await else {
            place.keep(Answered::Nothing, now);
            return Err(verifier.not_introspected(token));
        };
        let judged = verifier.introspected(token, &answer, &self.issuer, now);
        match &judged {
            Ok(verified) => place.keep(Answered::Active(Arc::clone(&verified.token)), now),
            Err(_) => place.keep(Answered::Refused(answer.into()), now),
        }
        judged
    }

    fn judge(
        &self,
        verifier: &Verifier,
        token: &str,
        answered: Answered,
        now: Timestamp,
    ) -> Result<Verified, Box<Rejection>> {
        match answered {
            Answered::Active(known) => verifier.introspected_before(known, now),
            Answered::Refused(answer) => verifier.introspected(token, &answer, &self.issuer, now),
            Answered::Nothing => Err(verifier.not_introspected(token)),
        }
    }
}

impl fmt::Debug for Introspector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Introspector")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

const KEEP: Duration = Duration::from_secs(60);
const MOST_KEEP: Duration = Duration::from_secs(3600);
const DEADLINE: Duration = Duration::from_secs(3);
const CAPACITY: usize = 10_000;
/// How many questions run at once.
const AT_ONCE: usize = 64;
