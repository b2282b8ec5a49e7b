//! From the command line to what a scan takes.

mod document;
mod refresh;
mod tokens;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use jwtrail_actix::SystemClock;
use jwtrail_event::SecretToken;
use jwtrail_forge::{PublicKey, SigningKey};
use jwtrail_scan::reading::FieldMapping;
use jwtrail_scan::sources::Several;
use jwtrail_scan::{LogSource, ScanOptions, Standard};

pub(super) use refresh::Refresh;
pub(super) use tokens::OAuth;

use super::Scan;
use crate::failure::{Failure, Kind};
use crate::runtime::Runtime;

pub(super) fn options(scan: &Scan, runtime: &Runtime) -> Result<ScanOptions, Failure> {
    let tokens = tokens::obtain(scan, runtime)?;
    let token = tokens.access;
    let mut options = ScanOptions::new(&scan.url, token.clone());
    options.second_token = scan.second_token.as_ref().map(tokens::read).transpose()?;
    options.refresh = scan.refresh.endpoint(tokens.refresh)?;
    options.alert_listen = scan.alert_listen;
    (options.subject_limit, options.token_limit) = (scan.subject_limit, scan.token_limit);
    if let Some(named) = &scan.sign_key {
        let source = named.source()?;
        let key = source.read()?;
        let key = SigningKey::read(key.expose(), &algorithm(&token)).map_err(|error| {
            Failure::usage(format!("the key in {source} signs nothing"))
                .because(&error)
                .remedy("give the private key that signs the token which you gave with --token")
        })?;
        options.sign_key = Some(key);
    }
    options.public_key = scan.public_key.as_deref().map(public_key).transpose()?;
    options.serve_jwks = scan.serve_jwks;
    if let Some(name) = &scan.spec {
        options.document = Some((
            name.clone(),
            document::read(name, scan.allow_remote_refs, runtime)?,
        ));
    }
    options.operations.clone_from(&scan.operation);
    options.owned_object.clone_from(&scan.owned_object);
    options.logout.clone_from(&scan.logout);
    options.own_host.clone_from(&scan.i_own_this_host);
    options.standard = standard(&scan.standard)?;
    if let Some(path) = &scan.map {
        options.mapping = mapping(path)?;
    }
    options.settle = scan.settle();
    (options.rate, options.budget) = (scan.rate, scan.budget);
    (options.allow_writes, options.failure_limit) = (scan.allow_writes, scan.failure_limit);
    if options.document.is_none() && options.operations.is_empty() {
        return Err(Failure::usage("there is nothing to scan")
            .remedy("name the OpenAPI document with --spec, or an operation with --operation \"GET /orders\""));
    }
    Ok(options)
}

/// The `alg` of a token, or nothing.
fn algorithm(token: &SecretToken) -> String {
    jwtrail_scan::token_algorithm(token).unwrap_or_default()
}

fn public_key(path: &Path) -> Result<PublicKey, Failure> {
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::usage("cannot read the public key")
            .in_file(path)
            .because(&error)
    })?;
    let of_set = || {
        let value: serde_json::Value = serde_json::from_str(&text).ok()?;
        let keys = value.get("keys").and_then(serde_json::Value::as_array);
        let first = keys.and_then(|keys| keys.first()).unwrap_or(&value);
        PublicKey::from_jwk(first)
    };
    PublicKey::from_pem(&text).or_else(of_set).ok_or_else(|| {
        Failure::usage("this is no public key")
            .in_file(path)
            .remedy("give a PEM that begins with BEGIN PUBLIC KEY, a JWK, or a JWK set")
    })
}

fn standard(name: &str) -> Result<Standard, Failure> {
    let standard = match name {
        "minimum" => return Ok(Standard::minimum()),
        "strict" => return Ok(Standard::strict()),
        file => {
            let path = Path::new(file);
            let text = fs::read_to_string(path).map_err(|error| {
                Failure::usage("cannot read the standard")
                    .in_file(path)
                    .because(&error)
                    .remedy("write minimum, strict, or the name of a TOML file")
            })?;
            toml::from_str::<Standard>(&text).map_err(|error| {
                Failure::usage("this is no standard")
                    .in_file(path)
                    .because(&error)
            })?
        }
    };
    match standard.unknown_field() {
        None => Ok(standard),
        Some(field) => Err(Failure::usage(format!("no record has a field `{field}`"))
            .in_file(Path::new(name))
            .remedy("`jwtrail schema event` lists the fields")),
    }
}

/// Opens the log sources: only what is written from here on counts.
pub(super) fn log(scan: &Scan, runtime: &Runtime) -> Result<Option<Box<dyn LogSource>>, Failure> {
    let mut sources = Vec::new();
    for name in &scan.logs {
        let credential = scan.logs_token.as_ref().map(tokens::read).transpose()?;
        let opened = runtime.block_on(name.open(credential, Arc::new(SystemClock)));
        sources.push(opened.map_err(|error| {
            Failure::new(Kind::Machine, "the log cannot be read").because(&error)
        })?);
    }
    Ok((!sources.is_empty()).then(|| Box::new(Several::new(sources)) as Box<dyn LogSource>))
}

fn mapping(path: &Path) -> Result<FieldMapping, Failure> {
    let unusable = |error: &dyn std::error::Error| {
        Failure::usage("cannot use the field mapping")
            .in_file(path)
            .because(error)
    };
    let text = fs::read_to_string(path).map_err(|error| unusable(&error))?;
    FieldMapping::from_toml(&text).map_err(|error| unusable(&error))
}
