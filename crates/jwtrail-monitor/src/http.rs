//! The HTTP API and the page: routes, their protection, the headers of every answer.

mod alert;
mod alerts;
mod answer;
mod asset;
mod csrf;
mod error;
mod events;
mod health;
mod healthz;
mod host;
mod ingest;
mod login;
mod logout;
mod metrics;
mod not_found;
mod overview;
mod producer;
mod quarantine;
mod quarantine_list;
mod records;
mod responses;
mod rules;
mod security_headers;
mod server;
mod session;
mod stream;
mod ticker;

pub(crate) use login::COOKIE;
pub(crate) use server::{Serving, serve};
