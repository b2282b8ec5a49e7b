//! The rules of verification, a test for each.

#![cfg(test)]

mod cache;
mod catalogue;
mod claims;
mod header;
mod key;
mod key_material;
mod parse;
mod properties;
mod scope;
mod signature;
mod support;
mod times;
mod wycheproof;
