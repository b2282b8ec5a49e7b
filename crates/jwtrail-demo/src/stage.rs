use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use jwtrail_event::{Clock, SecretToken};
use jwtrail_forge::{Algorithm, Forge};

use crate::DemoError;
use crate::attacks::Seat;
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::orders::{OrdersApi, Role};
use crate::run_id::{Attacker, RunId};

/// What clients and attackers share: the service, and what they may know of it.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) run: RunId,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ledger: Arc<Ledger>,
    /// Whether the monitor holds a token that it sees replayed.
    pub(crate) responds: bool,
    http: reqwest::Client,
    service: Arc<str>,
    orders: OrdersApi,
}

/// Somebody's name and password.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) username: String,
    pub(crate) password: SecretToken,
}

impl Stage {
    pub(crate) fn new(
        run: RunId,
        clock: Arc<dyn Clock>,
        ledger: Ledger,
        orders: OrdersApi,
        (service, responds): (&str, bool),
    ) -> Result<Self, DemoError> {
        let http = reqwest::Client::builder()
            .timeout(ANSWER_TIME)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(DemoError::Client)?;
        Ok(Self {
            run,
            clock,
            ledger: Arc::new(ledger),
            responds,
            http,
            service: service.into(),
            orders,
        })
    }

    /// A client of the service.
    pub(crate) fn caller(&self, address: IpAddr, agent: &'static str) -> Caller {
        Caller {
            http: self.http.clone(),
            service: Arc::clone(&self.service),
            ledger: Arc::clone(&self.ledger),
            address,
            agent,
        }
    }

    /// An account for an attack: each seat has its own.
    pub(crate) fn account(&self, seat: Seat, name: &str, role: Role) -> Result<Account, DemoError> {
        match seat.0 {
            0 => self.open(name, role),
            round => self.open(&format!("{name}-{round}"), role),
        }
    }

    /// An account for one of the honest, with a role.
    pub(crate) fn open(&self, name: &str, role: Role) -> Result<Account, DemoError> {
        let username = self.run.subject(name);
        let password = self.orders.users().add(&username, role)?;
        Ok(Account { username, password })
    }

    /// A token that the service gave to somebody hours ago.
    pub(crate) async fn old_token(&self, account: &Account) -> Result<SecretToken, DemoError> {
        let hours_ago = self.clock.now().plus_micros(-3 * HOUR);
        let token = self.orders.token_from(&account.username, hours_ago).await?;
        Ok(token)
    }

    /// What an attacker forges with, who knows the issuer's name and somebody's subject.
    pub(crate) fn forge(&self, name: &str) -> Forge {
        Forge::new(self.clock.now())
            .with_issuer(self.issuer())
            .with_audience(crate::orders::AUDIENCE)
            .with_subject(&self.run.subject(name))
            .with_algorithm(Algorithm::EdDsa)
            .with_seed(self.run.seed() << 32 | self.ledger.count())
    }

    pub(crate) fn issuer(&self) -> &str {
        self.orders.issuer()
    }

    /// The id of the key that signs the service's tokens: it is in each of them.
    pub(crate) fn kid(&self) -> &str {
        crate::orders::KEY_ID
    }

    /// The address of the `number`th attacker of a seat.
    pub(crate) fn attacker(&self, seat: Seat, number: u8) -> Attacker {
        self.run.attacker(seat.0, number)
    }

    /// Somebody's home (203.0.113.0/24, RFC 5737).
    pub(crate) fn home(&self, number: u8) -> IpAddr {
        IpAddr::V4(Ipv4Addr::new(203, 0, 113, number))
    }
}

/// The office that many share, and a mobile network (198.51.100.0/24, RFC 5737).
pub(crate) const OFFICE: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 20));
pub(crate) const MOBILE: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 77));

pub(crate) const FIREFOX: &str =
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
pub(crate) const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
                                 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
pub(crate) const SAFARI: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) \
                                 AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15";

const ANSWER_TIME: Duration = Duration::from_secs(30);
/// In microseconds.
const HOUR: i64 = 3_600_000_000;
