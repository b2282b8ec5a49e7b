use std::io;
use std::process::Command;
use std::time::Duration;

use crate::{RedisServer, ask_until, free_address};

/// Three `redis-server`s that are one cluster.
///
/// ```no_run
/// # fn test() -> std::io::Result<()> {
/// let cluster = jwtrail_testkit::RedisCluster::start()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RedisCluster(Vec<RedisServer>);

impl RedisCluster {
    /// Starts one and waits until it answers for every slot, or gives `None` where no
    /// `redis-server` is installed.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> io::Result<Option<Self>> {
        let mut nodes = Vec::new();
        for _ in 0..NODES {
            let bus = free_address()?.port().to_string();
            let options = ["--cluster-enabled", "yes", "--cluster-port", &bus];
            match RedisServer::start_with(&options)? {
                Some(node) => nodes.push(node),
                None => return Ok(None),
            }
        }
        let created = Command::new("redis-cli")
            .args(["--cluster", "create", "--cluster-yes"])
            .args(nodes.iter().map(RedisServer::host))
            .output()?;
        if !created.status.success() {
            let said = String::from_utf8_lossy(&created.stdout).into_owned();
            return Err(io::Error::other(format!("no cluster was made:\n{said}")));
        }
        for node in &nodes {
            let is_well = || {
                let info = node.cli(&["cluster", "info"]);
                info.is_ok_and(|info| info.contains("cluster_state:ok"))
            };
            ask_until(PATIENCE, is_well).map_err(io::Error::other)?;
        }
        Ok(Some(Self(nodes)))
    }

    /// `redis+cluster://HOST,HOST,HOST`.
    #[must_use]
    pub fn address(&self) -> String {
        let hosts: Vec<String> = self.0.iter().map(RedisServer::host).collect();
        format!("redis+cluster://{}", hosts.join(","))
    }

    /// How many keys each node holds.
    ///
    /// # Errors
    /// When a node can't be asked.
    pub fn keys(&self) -> io::Result<Vec<u64>> {
        let counts = self.0.iter().map(|node| {
            let count = node.cli(&["dbsize"])?;
            count.trim().parse().map_err(io::Error::other)
        });
        counts.collect()
    }
}

const NODES: usize = 3;
const PATIENCE: Duration = Duration::from_secs(60);
