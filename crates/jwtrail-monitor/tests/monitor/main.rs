//! The monitor from outside: over real sockets, on a real data directory.
#![cfg(test)]

mod access;
mod alerts;
mod bound;
mod collapse;
mod erasure;
mod escalation;
mod ingest;
mod killed;
mod login;
mod mail;
mod metrics;
mod outputs;
mod overview;
mod quarantine;
mod refusal;
mod reload;
mod responses;
mod restart;
mod retention;
mod search;
mod start;
mod stream;
mod support;
mod webhook;
