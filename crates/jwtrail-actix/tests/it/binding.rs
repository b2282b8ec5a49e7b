//! Bound tokens: DPoP (RFC 9449) and client certificates (RFC 8705).

mod certificate;
mod dpop;
pub(crate) mod handshake;
mod nonce;
mod replay;
mod tls;

use jwtrail_actix::{Dpop, JwtAuthBuilder};
use jwtrail_event::{Record, SecretToken};
use jwtrail_forge::ProofBuilder;

use crate::client::{Answer, Call};
use crate::server::{Recorded, Service, Setup};

const ORIGIN: &str = "https://orders.example";

/// What was sent, to be searched for in what was written.
#[derive(Default)]
struct Visit {
    answers: Vec<Answer>,
    tokens: Vec<SecretToken>,
}

impl Visit {
    async fn call(&mut self, service: &Service, call: Call, tokens: &[&SecretToken]) -> u16 {
        let answer = call.send(service.address).await;
        let status = answer.status();
        self.answers.push(answer);
        self.tokens.extend(tokens.iter().copied().cloned());
        status
    }

    /// A new bound token with a new proof.
    async fn prove(
        &mut self,
        service: &Service,
        id: &str,
        change: impl FnOnce(ProofBuilder<'_>) -> ProofBuilder<'_>,
    ) -> u16 {
        let forge = service.forge.at(now(service));
        let token = forge.token().bound_to_client().sign();
        let proof = change(forge.proof(&token)).sign();
        let call = Call::get("/orders/7").dpop(&token, &proof).id(id);
        self.call(service, call, &[&token, &proof]).await
    }

    fn last(&self) -> &Answer {
        self.answers.last().unwrap()
    }

    async fn end(self, service: Service) -> Recorded {
        let recorded = service.finish().await.sent(&self.tokens);
        recorded.answered(&self.answers)
    }
}

fn now(service: &Service) -> jwtrail_event::Timestamp {
    jwtrail_event::Clock::now(&service.clock)
}

fn taking(options: fn(JwtAuthBuilder) -> JwtAuthBuilder) -> Setup {
    Setup {
        options,
        ..Setup::default()
    }
}

fn dpop() -> Setup {
    taking(|options| options.dpop(Dpop::at(ORIGIN)))
}

fn steps(record: &Record<'_>) -> String {
    record.steps.unwrap().to_string()
}

const UP_TO_CLAIMS: &str = "parse:ok header:ok key:ok signature:ok claims:ok";
