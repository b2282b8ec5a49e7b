//! The example service: a shop's orders behind access tokens.
//!
//! It is what a small service looks like that issues its own tokens: a login, a refresh, a
//! logout, and routes that each ask for a scope. The few lines that protect it are in the
//! example's `main`; here are the routes.

mod admin;
mod api;
mod back_office;
mod book;
mod openapi;
mod session;
mod shop;
mod users;

pub use api::{OrdersApi, OrdersError};
pub use users::{Role, UnusableName, Users};

/// What tokens for this service have in `aud`.
pub const AUDIENCE: &str = "orders-api";
/// The client that its own pages are, in `client_id`.
pub const CLIENT: &str = "orders-web";
/// The `kid` of the key that signs its tokens.
pub const KEY_ID: &str = "orders-1";
