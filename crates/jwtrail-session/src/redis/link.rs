use std::time::Duration;

use futures_util::future::try_join_all;
use redis::aio::{ConnectionLike as _, MultiplexedConnection};
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::sentinel::{SentinelClient, SentinelServerType};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ErrorKind, RedisError, RedisResult, ServerErrorKind, Value,
};

use super::UnusableRedis;
use super::address::Address;
use super::failure::RedisCause;
use super::question::Question;

/// A connection. A clone is the same one.
#[derive(Clone)]
pub(super) enum Link {
    One(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Link {
    pub(super) async fn ask(&mut self, questions: &[Question]) -> RedisResult<Vec<Value>> {
        if let [question] = questions {
            return Ok(vec![self.ask_one(question).await?]);
        }
        match self {
            Self::One(connection) => {
                let mut together = redis::pipe();
                for question in questions {
                    together.add_command(question.command().clone());
                }
                together.query_async(connection).await
            }
            // Its keys are on several nodes.
            Self::Cluster(connection) => {
                try_join_all(questions.iter().map(|question| {
                    let mut connection = connection.clone();
                    async move { connection.req_packed_command(question.command()).await }
                }))
                .await
            }
        }
    }

    async fn ask_one(&mut self, question: &Question) -> RedisResult<Value> {
        let answer = self.send(question.command()).await;
        match (answer, question.script()) {
            (Err(error), Some(script)) if is(&error, ServerErrorKind::NoScript) => {
                match self {
                    Self::One(connection) => script.load_async(connection).await,
                    Self::Cluster(connection) => script.load_async(connection).await,
                }?;
                self.send(question.command()).await
            }
            (answer, _) => answer,
        }
    }

    async fn send(&mut self, command: &Cmd) -> RedisResult<Value> {
        let answer = match self {
            Self::One(connection) => connection.req_packed_command(command).await,
            Self::Cluster(connection) => connection.req_packed_command(command).await,
        };
        answer.and_then(Value::extract_error)
    }
}

/// Whether the connection is good for nothing any more, or leads to one who may not write.
pub(super) fn is_broken(error: &RedisError) -> bool {
    error.is_unrecoverable_error() || is(error, ServerErrorKind::ReadOnly)
}

fn is(error: &RedisError, kind: ServerErrorKind) -> bool {
    error.kind() == ErrorKind::Server(kind)
}

/// Makes connections.
pub(super) struct Connector {
    client: Clients,
    deadline: Duration,
}

enum Clients {
    One(Box<Client>),
    Cluster(Box<ClusterClient>),
    Sentinel(Box<SentinelClient>),
}

impl Connector {
    pub(super) fn new(
        address: Address,
        call_deadline: Duration,
        deadline: Duration,
    ) -> Result<Self, UnusableRedis> {
        #[cfg(feature = "redis-tls")]
        choose_cryptography();
        let client = match address {
            Address::One(info) => Client::open(info).map(|client| Clients::One(Box::new(client))),
            Address::Cluster(nodes) => ClusterClient::builder(nodes)
                .connection_timeout(deadline)
                .response_timeout(call_deadline)
                .overall_response_timeout(Some(call_deadline))
                .build()
                .map(|client| Clients::Cluster(Box::new(client))),
            Address::Sentinel {
                sentinels,
                service,
                node,
                ..
            } => SentinelClient::build(sentinels, service, Some(node), SentinelServerType::Master)
                .map(|client| Clients::Sentinel(Box::new(client))),
        };
        Ok(Self {
            client: client.map_err(|_| UnusableRedis::Address)?,
            deadline,
        })
    }

    /// Whether a connection finds its way by itself when a node is lost.
    pub(super) fn heals_itself(&self) -> bool {
        matches!(self.client, Clients::Cluster(_))
    }

    /// A connection on which Redis has answered.
    pub(super) async fn connect(&mut self) -> Result<Link, RedisCause> {
        let deadline = self.deadline;
        match tokio::time::timeout(deadline, self.attempt()).await {
            Ok(Ok(link)) => Ok(link),
            Ok(Err(error)) => Err(RedisCause::of(&error)),
            Err(_) => Err(RedisCause::late(deadline)),
        }
    }

    async fn attempt(&mut self) -> RedisResult<Link> {
        let client = match &mut self.client {
            Clients::Cluster(client) => {
                return client.get_async_connection().await.map(Link::Cluster);
            }
            Clients::One(client) => Client::clone(client),
            Clients::Sentinel(client) => client.async_get_client().await?,
        };
        // Deadlines are ours, over everything that a call waits for.
        let config = AsyncConnectionConfig::new()
            .set_response_timeout(None)
            .set_connection_timeout(None)
            .set_pipeline_buffer_size(QUEUE);
        let connection = client.get_multiplexed_async_connection_with_config(&config);
        let mut link = Link::One(connection.await?);
        // One that is still loading its data refuses this.
        link.send(&redis::cmd("PING")).await?;
        Ok(link)
    }
}

/// The client takes the choice of the process, and panics where there is none.
#[cfg(feature = "redis-tls")]
fn choose_cryptography() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Who chose at the same moment has chosen, too.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    }
}

/// How many calls may wait to be written.
const QUEUE: usize = 1_024;
