use std::net::IpAddr;
use std::slice;

use redis::sentinel::SentinelNodeConnectionInfo;
use redis::{
    ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisConnectionInfo, TlsMode,
};

use super::UnusableRedis;

/// Where Redis is. Holds secrets.
pub(super) enum Address {
    One(ConnectionInfo),
    Cluster(Vec<ConnectionInfo>),
    Sentinel {
        sentinels: Vec<ConnectionInfo>,
        service: String,
        node: SentinelNodeConnectionInfo,
        /// Whether the primary asks for a password.
        password: bool,
    },
}

impl Address {
    /// What a text says, none of which any error repeats.
    pub(super) fn parse(text: &str) -> Result<Self, UnusableRedis> {
        let (scheme, rest) = text.split_once("://").ok_or(ADDRESS)?;
        // After these the client takes options, one of which checks no certificates.
        if rest.contains(['?', '#']) {
            return Err(ADDRESS);
        }
        let (transport, kind) = scheme.split_once('+').unwrap_or((scheme, ""));
        let tls = match transport {
            "redis" | "valkey" => false,
            "rediss" | "valkeys" => true,
            _ => return Err(ADDRESS),
        };
        if tls && cfg!(not(feature = "redis-tls")) {
            return Err(UnusableRedis::NoTls);
        }
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, hosts) = match authority.rsplit_once('@') {
            Some((user, hosts)) => (format!("{user}@"), hosts),
            None => (String::new(), authority),
        };
        let hosts: Vec<&str> = hosts.split(',').collect();
        if hosts.len() > MOST_HOSTS || hosts.iter().any(|host| host.is_empty()) {
            return Err(ADDRESS);
        }
        let info = |user: &str, host: &str, database: &str| {
            let url = format!("{transport}://{user}{host}/{database}");
            url.into_connection_info().map_err(|_| ADDRESS)
        };
        match (kind, hosts.as_slice()) {
            ("", [host]) => info(&user, host, path).map(Self::One),
            ("cluster", hosts) if path.is_empty() => {
                let nodes = hosts.iter().map(|host| info(&user, host, ""));
                nodes.collect::<Result<_, _>>().map(Self::Cluster)
            }
            ("sentinel", [first, ..]) => {
                let (service, database) = path.split_once('/').unwrap_or((path, ""));
                if service.is_empty() {
                    return Err(ADDRESS);
                }
                let node = info(&user, first, database)?;
                let sentinels = hosts.iter().map(|host| {
                    let info = info("", host, "")?;
                    Ok(if has_port(host) {
                        info
                    } else {
                        at_sentinels_port(info)
                    })
                });
                let settings = node.redis_settings().clone();
                let password = settings.password().is_some();
                let node =
                    SentinelNodeConnectionInfo::default().set_redis_connection_info(settings);
                Ok(Self::Sentinel {
                    sentinels: sentinels.collect::<Result<_, _>>()?,
                    service: service.to_owned(),
                    node: if tls {
                        node.set_tls_mode(TlsMode::Secure)
                    } else {
                        node
                    },
                    password,
                })
            }
            _ => Err(ADDRESS),
        }
    }

    /// With what the sentinels themselves ask for.
    pub(super) fn with_sentinel_password(self, password: &str) -> Self {
        match self {
            Self::Sentinel {
                sentinels,
                service,
                node,
                password: primary,
            } => {
                let known = |info: ConnectionInfo| {
                    let settings = RedisConnectionInfo::default().set_password(password);
                    info.set_redis_settings(settings)
                };
                let sentinels = sentinels.into_iter().map(known).collect();
                Self::Sentinel {
                    sentinels,
                    service,
                    node,
                    password: primary,
                }
            }
            other => other,
        }
    }

    /// Where a password would go in clear to another machine, if it would: host and port. A primary
    /// that sentinels name is taken to be where they are.
    pub(super) fn exposes_to(&self) -> Option<String> {
        let (infos, primary) = match self {
            Self::One(info) => (slice::from_ref(info), false),
            Self::Cluster(nodes) => (nodes.as_slice(), false),
            Self::Sentinel {
                sentinels,
                password,
                ..
            } => (sentinels.as_slice(), *password),
        };
        let asks = |info: &ConnectionInfo| primary || info.redis_settings().password().is_some();
        let mut exposed = infos.iter().filter(|info| asks(info));
        let open = exposed.find(|info| is_open(info.addr()));
        open.map(|info| info.addr().to_string())
    }
}

/// Whether what is sent there can be read on the way.
fn is_open(address: &ConnectionAddr) -> bool {
    let ConnectionAddr::Tcp(host, _) = address else {
        return false;
    };
    let host = host.trim_matches(['[', ']']);
    let own = host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    !own && !host.eq_ignore_ascii_case("localhost")
}

fn has_port(host: &str) -> bool {
    let name = host.rsplit_once(']').map_or(host, |(_, rest)| rest);
    name.contains(':')
}

fn at_sentinels_port(info: ConnectionInfo) -> ConnectionInfo {
    let mut address = info.addr().clone();
    if let ConnectionAddr::Tcp(_, port) | ConnectionAddr::TcpTls { port, .. } = &mut address {
        *port = SENTINELS_PORT;
    }
    info.set_addr(address)
}

const ADDRESS: UnusableRedis = UnusableRedis::Address;
const SENTINELS_PORT: u16 = 26_379;
const MOST_HOSTS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_several_and_the_sentinels_of_a_service_are_addresses() {
        let Ok(Address::One(one)) = Address::parse("redis://ann:se%2Fcret@db.example:7000/3")
        else {
            panic!("one")
        };
        assert_eq!(one.addr().to_string(), "db.example:7000");
        let settings = one.redis_settings();
        assert_eq!(
            (settings.username(), settings.password()),
            (Some("ann"), Some("se/cret"))
        );
        assert_eq!(settings.db(), 3);

        let Ok(Address::Cluster(nodes)) = Address::parse("redis+cluster://:pw@a:1,b,[::1]:3")
        else {
            panic!("cluster")
        };
        let nodes: Vec<_> = nodes
            .iter()
            .map(|node| (node.addr().to_string(), node.redis_settings().password()))
            .collect();
        let expected = ["a:1", "b:6379", "::1:3"].map(|node| (node.to_owned(), Some("pw")));
        assert_eq!(nodes, expected);

        let text = "redis+sentinel://:pw@a,b:5/orders/2";
        let Ok(Address::Sentinel {
            sentinels, service, ..
        }) = Address::parse(text)
        else {
            panic!("sentinel")
        };
        let hosts: Vec<_> = sentinels.iter().map(|one| one.addr().to_string()).collect();
        assert_eq!(
            (hosts, service.as_str()),
            (vec!["a:26379".to_owned(), "b:5".to_owned()], "orders")
        );
        // The password is the primary's, not the sentinels'.
        assert!(
            sentinels
                .iter()
                .all(|one| one.redis_settings().password().is_none())
        );
    }

    #[cfg(feature = "redis-tls")]
    #[test]
    fn over_tls_certificates_are_checked() {
        let is_secure = |info: &ConnectionInfo| {
            let address = info.addr();
            matches!(
                address,
                ConnectionAddr::TcpTls {
                    insecure: false,
                    ..
                }
            )
        };
        for text in ["rediss://host", "valkeys://host"] {
            let Ok(Address::One(one)) = Address::parse(text) else {
                panic!("{text}")
            };
            assert!(is_secure(&one), "{text}");
        }
        let Ok(Address::Cluster(nodes)) = Address::parse("rediss+cluster://a,b") else {
            panic!("cluster")
        };
        assert!(nodes.iter().all(is_secure));
        let Ok(Address::Sentinel { sentinels, .. }) = Address::parse("rediss+sentinel://a/s")
        else {
            panic!("sentinel")
        };
        assert!(sentinels.iter().all(is_secure));
        assert_eq!(sentinels[0].addr().to_string(), "a:26379");
    }

    #[test]
    fn a_password_in_clear_goes_to_no_other_machine() {
        for (text, place) in [
            ("redis://:hunter2@db.example/1", Some("db.example:6379")),
            (
                "valkey://ann:hunter2@[2001:db8::1]:7",
                Some("2001:db8::1:7"),
            ),
            (
                "redis://:hunter2@127.0.0.1.example",
                Some("127.0.0.1.example:6379"),
            ),
            ("redis+cluster://:hunter2@127.0.0.1,b:2", Some("b:2")),
            ("redis+sentinel://:hunter2@localhost,b/s", Some("b:26379")),
            ("redis://db.example", None),
            ("redis://ann@db.example", None),
            ("redis+cluster://a,b", None),
            ("redis+sentinel://a/s", None),
            ("redis://:hunter2@127.0.0.1", None),
            ("redis://:hunter2@127.3.2.1:1", None),
            ("redis://:hunter2@[::1]", None),
            ("redis://:hunter2@LocalHost", None),
            #[cfg(feature = "redis-tls")]
            ("rediss://:hunter2@db.example", None),
            #[cfg(feature = "redis-tls")]
            ("rediss+cluster://:hunter2@a,b", None),
            #[cfg(feature = "redis-tls")]
            ("rediss+sentinel://:hunter2@a/s", None),
        ] {
            let Ok(address) = Address::parse(text) else {
                panic!("{text}")
            };
            assert_eq!(address.exposes_to().as_deref(), place, "{text}");
        }
        let Ok(address) = Address::parse("redis+sentinel://a/s") else {
            panic!("sentinel")
        };
        let asked = address.with_sentinel_password("hunter2");
        assert_eq!(asked.exposes_to().as_deref(), Some("a:26379"));
    }

    #[test]
    fn a_cluster_is_named_by_64_of_its_nodes_at_most() {
        let named = |count: usize| {
            let hosts = vec!["a"; count].join(",");
            Address::parse(&format!("redis+cluster://{hosts}")).is_ok()
        };
        assert!(named(64) && !named(65) && !named(66));
    }

    #[test]
    fn other_texts_are_none_and_are_not_repeated() {
        for text in [
            "",
            "host",
            "http://host",
            "redis://",
            "redis://a,b",
            "redis://host/x",
            "redis://host/?protocol=resp3",
            "rediss://host/#insecure",
            "redis+cluster://a,,b",
            "redis+cluster://a/1",
            "redis+sentinel://a",
            "redis+unix://tmp/hunter2",
            "unix:///tmp/redis",
            "redis://:hunter2@",
        ] {
            let Err(error) = Address::parse(text) else {
                panic!("{text}")
            };
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
    }
}
