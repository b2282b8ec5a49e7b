//! The rules of verification, a test for each.

#![cfg(test)]

mod cache;
mod catalogue;
mod claims;
mod confirmation;
mod discovery;
mod dpop;
mod header;
mod http_uri;
mod introspection;
mod key;
mod key_material;
mod known_header;
mod parse;
mod properties;
mod remote;
mod scope;
mod signature;
mod support;
mod times;
mod wycheproof;
