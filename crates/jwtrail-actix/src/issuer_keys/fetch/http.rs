use jwtrail_event::Timestamp;
use jwtrail_verify::{Discovery, KeySet};
use reqwest::Url;

use super::{DEADLINE, FetchError, Fetched};
use crate::issuer_keys::schedule::max_age;
use crate::issuer_keys::source::KeySourceError;
use crate::outbound::{is_protected, parse};
use crate::{Outbound, OutboundAnswer};

/// A server that gives keys, or says where they are. It is never told what they are wanted for.
#[derive(Debug)]
pub(crate) struct KeyServer {
    client: Outbound,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Known(Url),
    Discovered {
        issuer: String,
        plain: bool,
        documents: Box<[Url; 2]>,
        /// The keys' address, and when it was learnt.
        found: Option<(Url, Timestamp)>,
    },
}

impl KeyServer {
    /// The keys at this address.
    pub(super) fn at(url: &str, plain: bool, client: Outbound) -> Result<Self, KeySourceError> {
        let url = checked(url, plain)?;
        let place = Place::Known(url);
        Ok(Self { client, place })
    }

    /// The keys where the issuer says.
    pub(super) fn of(issuer: &str, plain: bool, client: Outbound) -> Result<Self, KeySourceError> {
        let [openid, oauth] = Discovery::addresses(issuer).ok_or(KeySourceError::NoAddress)?;
        let documents = [checked(&openid, plain)?, checked(&oauth, plain)?];
        let place = Place::Discovered {
            issuer: issuer.to_owned(),
            plain,
            documents: Box::new(documents),
            found: None,
        };
        Ok(Self { client, place })
    }

    pub(super) async fn fetch(&mut self, now: Timestamp) -> Result<Fetched, FetchError> {
        let Self { client, place } = self;
        let (issuer, plain, documents, found) = match place {
            Place::Known(url) => return keys(client, url).await,
            Place::Discovered {
                issuer,
                plain,
                documents,
                found,
            } => (issuer, *plain, documents, found),
        };
        // Taken out: if the keys can't be had there, the issuer is asked again where they are.
        let known = found.take().filter(|(_, at)| is_recent(*at, now));
        let (url, at) = match known {
            Some(known) => known,
            None => {
                let url = discover(client, issuer, documents).await?;
                match is_allowed(&url, plain) {
                    true => (url, now),
                    false => return Err(FetchError::PlainHttp),
                }
            }
        };
        let fetched = keys(client, &url).await?;
        *found = Some((url, at));
        Ok(fetched)
    }
}

/// The configured client, or one that reaches public addresses only.
pub(super) fn client(configured: &mut Option<Outbound>) -> Result<Outbound, KeySourceError> {
    match configured {
        Some(client) => Ok(client.clone()),
        None => {
            let client = Outbound::builder().deadline(DEADLINE).build()?;
            Ok(configured.insert(client).clone())
        }
    }
}

async fn keys(client: &Outbound, url: &Url) -> Result<Fetched, FetchError> {
    let answer = get(client, url).await?;
    let keys = KeySet::from_jwks(answer.body())?;
    let good_for = answer.header("cache-control").and_then(max_age);
    Ok(Fetched::Keys(keys, good_for))
}

async fn discover(
    client: &Outbound,
    issuer: &str,
    [openid, oauth]: &[Url; 2],
) -> Result<Url, FetchError> {
    let answer = match get(client, openid).await {
        Err(FetchError::Status(400..=499)) => get(client, oauth).await?,
        answer => answer?,
    };
    let discovery = Discovery::read(answer.body(), issuer)?;
    Ok(parse(discovery.jwks_uri())?)
}

async fn get(client: &Outbound, url: &Url) -> Result<OutboundAnswer, FetchError> {
    let mut url = url.clone();
    for _ in 0..=REDIRECTS {
        let request = client.get(url.as_str()).answer_bytes(KeySet::MAX_BYTES);
        let answer = request.header("accept", ACCEPTED).send().await?;
        match answer.status() {
            200 => return Ok(answer),
            301 | 302 | 303 | 307 | 308 => url = target(&url, answer.header("location"))?,
            status => return Err(FetchError::Status(status)),
        }
    }
    Err(FetchError::Redirects)
}

/// Where a redirect leads, if that is on the same server.
fn target(from: &Url, location: Option<&str>) -> Result<Url, FetchError> {
    let to = location.and_then(|location| from.join(location).ok());
    let to = to.filter(|to| to.origin() == from.origin());
    to.ok_or(FetchError::Redirect)
}

/// What a configuration may name.
fn checked(url: &str, plain: bool) -> Result<Url, KeySourceError> {
    let url = parse(url).map_err(|_| KeySourceError::Url)?;
    match is_allowed(&url, plain) {
        true => Ok(url),
        false => Err(KeySourceError::PlainHttp),
    }
}

fn is_allowed(url: &Url, plain: bool) -> bool {
    plain || is_protected(url)
}

fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    (0..DISCOVERY_MICROS).contains(&now.micros_since(at))
}

/// How many redirects are followed.
const REDIRECTS: usize = 3;
const ACCEPTED: &str = "application/jwk-set+json, application/json";
/// How long a discovery document is kept, in microseconds: an hour.
const DISCOVERY_MICROS: i64 = 3_600_000_000;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jwtrail_forge::Forge;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn for_how_long_keys_are_good_comes_with_them() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/jwks", listener.local_addr().unwrap());
        let now = Timestamp::from_seconds(1_800_000_000);
        let answer = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            // The head of the request; it has no body.
            let mut head = [0; 4096];
            assert!(stream.read(&mut head).await.unwrap() > 0);
            let jwks = Forge::new(now).jwks();
            let length = jwks.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncache-control: public, max-age=90\r\ncontent-length: \
                 {length}\r\n\r\n{jwks}"
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        };
        let client = Outbound::builder().allow_private_targets().build().unwrap();
        let mut server = KeyServer::at(&url, false, client).unwrap();
        let (fetched, ()) = tokio::join!(server.fetch(now), answer);
        let Ok(Fetched::Keys(keys, good_for)) = fetched else {
            panic!("{fetched:?}");
        };
        assert_eq!((keys.len(), good_for), (3, Some(Duration::from_secs(90))));
    }
}
