//! RTE: what a client meets that asks for too much, and what is recorded of it.

mod failures;
mod good_tokens;
mod proxies;

use std::sync::Arc;

use jwtrail_event::{Record, SecretToken};
use jwtrail_session::LimitsBuilder;

use crate::client::{Answer, Call};
use crate::server::{Service, Setup};

/// Everything that was sent and answered.
#[derive(Default)]
pub(crate) struct Visit {
    pub(crate) answers: Vec<Answer>,
    pub(crate) tokens: Vec<SecretToken>,
}

impl Visit {
    pub(crate) async fn send(&mut self, service: &Service, token: &SecretToken, id: &str) -> u16 {
        self.call(service, Call::get("/orders/7"), token, id).await
    }

    pub(crate) async fn call(
        &mut self,
        service: &Service,
        call: Call,
        token: &SecretToken,
        id: &str,
    ) -> u16 {
        let answer = call.bearer(token).id(id).send(service.address).await;
        let status = answer.status();
        self.answers.push(answer);
        self.tokens.push(token.clone());
        status
    }

    /// So many tokens of strangers, each another one.
    async fn strangers(&mut self, service: &Service, count: usize, name: &str) -> Vec<u16> {
        let mut statuses = Vec::new();
        for number in 0..count {
            let token = service.forge.token().signed_by_stranger().sign();
            let id = format!("{name}-{number}");
            statuses.push(self.send(service, &token, &id).await);
        }
        statuses
    }

    fn last(&self) -> &Answer {
        self.answers.last().unwrap()
    }
}

pub(crate) fn with(limits: LimitsBuilder) -> Setup {
    Setup {
        limits: Some(Arc::new(limits.build().unwrap())),
        ..Setup::default()
    }
}

fn steps(record: &Record<'_>) -> String {
    record.steps.unwrap().to_string()
}
