//! The jwtrail demonstration: an example service, honest clients, the attack programme.
//!
//! [`orders`] is the service as a library, protected by `jwtrail-actix`. [`once`] plays a fixed
//! programme against it and gives a [`Report`]: whether every attack was seen, nothing honest
//! was taken for one, and every request left exactly one record. [`until`] goes on until it is
//! told to stop.
//!
//! Everything goes over real sockets of this machine. Clients and attackers have addresses of
//! their own since the service trusts loopback as a proxy, which only the demo does.
//!
//! ```no_run
//! use jwtrail_demo::{DemoOptions, once};
//!
//! # async fn example() -> Result<(), jwtrail_demo::DemoError> {
//! let report = once(DemoOptions::new()).await?;
//! println!("{report}");
//! assert!(report.passed());
//! # Ok(())
//! # }
//! ```

mod attacks;
mod board;
mod caller;
mod claims;
mod deadline;
mod dice;
mod error;
mod expected;
mod honest;
mod ledger;
mod monitor_api;
mod once;
mod options;
pub mod orders;
mod progress;
mod report;
mod run_id;
mod stage;
mod until;
mod watch;
mod world;

pub use error::DemoError;
pub use once::once;
pub use options::{DemoOptions, ExternalMonitor};
pub use progress::Progress;
pub use report::{AttackResult, Report, UnexpectedAlert};
pub use until::{Summary, until};
