use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use reqwest::Url;

/// The service that is scanned, and where it really is.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    url: Url,
    addresses: Vec<SocketAddr>,
}

impl Target {
    /// Looks the host up, once: what is scanned afterwards are these addresses and no others.
    pub(crate) async fn resolve(text: &str, own_host: Option<&str>) -> Result<Self, TargetError> {
        let url = Url::parse(text).map_err(|_| TargetError::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") || url.query().is_some() {
            return Err(TargetError::NotAUrl);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetError::Credentials);
        }
        let host = url.host_str().ok_or(TargetError::NotAUrl)?;
        let port = url.port_or_known_default().ok_or(TargetError::NotAUrl)?;
        let bare = host.trim_matches(['[', ']']);
        let addresses: Vec<SocketAddr> = tokio::net::lookup_host((bare, port))
            .await
            .map_err(|error| TargetError::Unresolved(error.to_string()))?
            .collect();
        if addresses.is_empty() {
            return Err(TargetError::Unresolved("no address".to_owned()));
        }
        let public = addresses.iter().find(|address| !is_private(address.ip()));
        match public {
            Some(address) if own_host != Some(bare) => Err(TargetError::Public {
                host: bare.to_owned(),
                address: address.ip(),
            }),
            _ => Ok(Self { url, addresses }),
        }
    }

    pub(crate) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The URL of a path below the target.
    pub(crate) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.base())
    }

    /// The path and query below the target, as the first line of a request has them.
    pub(crate) fn origin_form(&self, path: &str) -> String {
        format!("{}{path}", self.url.path().trim_end_matches('/'))
    }

    /// What the `Host` header says.
    pub(crate) fn authority(&self) -> String {
        match self.url.port() {
            Some(port) => format!("{}:{port}", self.host()),
            None => self.host().to_owned(),
        }
    }

    /// The URL without its last slash.
    pub(crate) fn base(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The same addresses at the port of plain http, where this one is reached over https.
    pub(crate) fn in_clear(&self) -> Option<Self> {
        let mut url = self.url.clone();
        // Nothing but these two changes, and both are changed.
        let changed = url.set_scheme("http").is_ok() && url.set_port(None).is_ok();
        let addresses = self.addresses.iter().map(|address| {
            let mut address = *address;
            address.set_port(HTTP_PORT);
            address
        });
        (self.is_https() && changed).then(|| Self {
            url,
            addresses: addresses.collect(),
        })
    }

    /// Whether it is on this machine, and nowhere else.
    pub(crate) fn is_loopback(&self) -> bool {
        self.addresses
            .iter()
            .all(|address| address.ip().is_loopback())
    }

    /// Whether it is reached over IPv4 on this machine, where we have many addresses.
    pub(crate) fn is_loopback_v4(&self) -> bool {
        self.addresses
            .iter()
            .all(|address| matches!(address.ip(), IpAddr::V4(ip) if ip.is_loopback()))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.base())
    }
}

/// Whether an address belongs to this machine or to a network that the internet does not route.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let carrier = Ipv4Addr::new(100, 64, 0, 0).to_bits() >> 22 == ip.to_bits() >> 22;
            ip.is_loopback() || ip.is_private() || ip.is_link_local() || carrier
        }
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => is_private(IpAddr::V4(ip)),
            None => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
        },
    }
}

/// A target that is not scanned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// No URL of a service.
    #[error("not an http or https URL with a host and without a query")]
    NotAUrl,
    /// A name or a password in the URL.
    #[error("the URL has credentials in it; give the token with --token instead")]
    Credentials,
    /// The name is not known.
    #[error("the host cannot be looked up: {0}")]
    Unresolved(String),
    /// It is on the internet.
    #[error("{host} is {address}, a public address: scan only what is yours")]
    Public {
        /// As named.
        host: String,
        /// As looked up.
        address: IpAddr,
    },
}

const HTTP_PORT: u16 = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_internet_does_not_route_is_private() {
        for (address, private) in [
            ("127.0.0.1", true),
            ("10.1.2.3", true),
            ("172.31.0.1", true),
            ("172.32.0.1", false),
            ("192.168.1.1", true),
            ("169.254.1.1", true),
            ("100.64.0.1", true),
            ("100.127.255.255", true),
            ("100.128.0.1", false),
            ("8.8.8.8", false),
            ("::1", true),
            ("fd00::1", true),
            ("fe80::1", true),
            ("2001:db8::1", false),
            ("::ffff:10.0.0.1", true),
            ("::ffff:8.8.8.8", false),
        ] {
            assert_eq!(is_private(address.parse().unwrap()), private, "{address}");
        }
    }

    #[tokio::test]
    async fn a_public_target_is_named_by_its_owner() {
        let refused = Target::resolve("http://192.0.2.1/", None).await;
        assert!(matches!(refused, Err(TargetError::Public { .. })));
        assert!(
            Target::resolve("http://192.0.2.1/", Some("192.0.2.1"))
                .await
                .is_ok()
        );
        let other = Target::resolve("http://192.0.2.1/", Some("192.0.2.2")).await;
        assert!(other.is_err());
    }

    #[tokio::test]
    async fn in_clear_it_is_the_same_host_at_port_80() {
        let target = |url: &'static str| async move { Target::resolve(url, None).await.unwrap() };
        let clear = target("https://127.0.0.1:8443/api")
            .await
            .in_clear()
            .unwrap();
        assert_eq!(clear.to_string(), "http://127.0.0.1/api");
        assert_eq!(clear.addresses(), ["127.0.0.1:80".parse().unwrap()]);
        assert!(target("http://127.0.0.1:8080/").await.in_clear().is_none());
    }

    #[tokio::test]
    async fn a_target_is_a_url_without_credentials() {
        for text in [
            "",
            "orders",
            "ftp://127.0.0.1/",
            "http://127.0.0.1/?a=b",
            "http://a:b@127.0.0.1/",
        ] {
            assert!(Target::resolve(text, None).await.is_err(), "{text}");
        }
        let target = Target::resolve("http://127.0.0.1:8080/api/", None)
            .await
            .unwrap();
        assert_eq!(target.join("/orders"), "http://127.0.0.1:8080/api/orders");
        assert!(target.is_loopback_v4());
        assert_eq!(target.origin_form("/orders?a=b"), "/api/orders?a=b");
        assert_eq!(target.authority(), "127.0.0.1:8080");
    }
}
