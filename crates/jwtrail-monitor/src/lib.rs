//! The jwtrail monitor: takes audit events in over HTTP, keeps them in a durable log, finds
//! abuse as it happens, sends alerts, and shows it all on a dashboard.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use jwtrail_actix::SystemClock;
//! use jwtrail_monitor::{Monitor, MonitorConfig};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let config = MonitorConfig::new("127.0.0.1:0".parse()?, "/var/lib/jwtrail");
//! let monitor = Monitor::start(config, Arc::new(SystemClock))?;
//! let credential = monitor.producer_credential("orders", &["orders-api"])?;
//! // Give the credential to the service; open the link in a browser.
//! let link = monitor.login_link()?;
//! monitor.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! An event is acknowledged once it is on the disk. Everything after the log is a reader with
//! a position: detection, the counts of the dashboard, the outputs. Each can be killed at any
//! moment and goes on with nothing lost and nothing twice.
//!
//! With the feature `smtp` alerts are also sent as mail.
//!
//! It is a library: it reads no environment and writes to no terminal. It parses no rules
//! itself, that is `jwtrail-detect`'s; its own API is protected by `jwtrail-actix`, and its own
//! audit events are in its own log.

mod alert_output;
mod alerts;
mod assets;
mod board;
mod check;
mod config;
mod core;
mod data_folder;
mod detection;
mod erasure;
mod error;
mod guesses;
mod http;
mod hub;
mod ingest;
mod internal_events;
mod keys;
#[cfg(feature = "smtp")]
mod mail_server;
mod monitor;
mod outbox;
mod outputs_changed;
mod own_audit;
mod own_sink;
mod private_file;
mod producers;
mod protection;
mod quarantine;
mod quota;
mod random;
mod responses;
mod retain;
mod revocations;
mod rollup;
mod rules;
mod running;
mod sign_in;
mod stop;
mod webhook_client;

pub use alert_output::{AlertFormat, AlertOutput, AlertTarget, WebhookUrl};
pub use config::{Limits, MonitorConfig};
pub use erasure::{Erased, erase};
pub use error::MonitorError;
pub use jwtrail_store::{Retention, StoreError};
#[cfg(feature = "smtp")]
pub use mail_server::{MailServer, MailServerBuilder, UnusableMailServer};
pub use monitor::Monitor;
pub use quarantine::QuarantinePolicy;
pub use responses::{ResponsePolicy, RuleResponse};
pub use running::RunningMonitor;
pub use webhook_client::{WebhookAnswer, WebhookClient, WebhookReply, WebhookRequest};
