//! What became of the outputs since the last start, as records of the log: whoever silences one
//! leaves a trace.

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwtrail_event::{EventName, Timestamp};
use jwtrail_store::{Change, Field, Find, StoreError, Table};
use serde::{Deserialize, Serialize};

use crate::core::Store;
use crate::own_audit::OwnAudit;
use crate::quarantine::By;
use crate::{AlertFormat, AlertOutput, AlertTarget};

#[derive(Serialize, Deserialize)]
struct Outputs {
    /// A keyed hash of where each sends and with which secret, by name.
    known: BTreeMap<String, String>,
    /// The last changes, which may not be in the log yet.
    told: Vec<String>,
    by: By,
    at: Timestamp,
}

/// Records each output that is new, other, or gone. What a crash kept from the log the last time
/// is told first.
pub(crate) fn report(
    store: &dyn Store,
    outputs: &[AlertOutput],
    key: &[u8; 32],
    audit: &OwnAudit,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = store.load(Table::Reader, KEY)?;
    let before: Option<Outputs> = row.and_then(|row| serde_json::from_slice(&row).ok());
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let known: BTreeMap<_, _> = outputs
        .iter()
        .map(|output| (output.name.clone(), tag(&key, output)))
        .collect();
    let told = match &before {
        Some(before) => {
            resume(store, before, audit, now)?;
            differences(&before.known, &known)
        }
        // At the first start there is nothing to tell a difference from.
        None => Vec::new(),
    };
    if before.is_some_and(|before| before.known == known) {
        return Ok(());
    }
    let by = By::configuration(&format!("outputs {known:?}"));
    let outputs = Outputs {
        known,
        told,
        by,
        at: now,
    };
    // Text only: it always serializes.
    let row = serde_json::to_vec(&outputs).unwrap_or_default();
    store.commit(vec![Change::Put(Table::Reader, KEY.to_vec(), row)])?;
    for target in &outputs.told {
        audit.output_changed(&outputs.by, target);
    }
    Ok(())
}

fn resume(
    store: &dyn Store,
    before: &Outputs,
    audit: &OwnAudit,
    now: Timestamp,
) -> Result<(), StoreError> {
    if before.told.is_empty() || now.micros_since(before.at) > LONG_AGO {
        return Ok(());
    }
    let find = Find::By(Field::CorrelationId, before.by.correlation_id.clone());
    let page = store.find(&find, None, LOOKED_AT)?;
    let records = page.entries.iter().filter_map(|entry| entry.record().ok());
    let said: Vec<String> = records
        .filter(|record| record.event == EventName::OutputChanged)
        .filter_map(|record| Some(record.target.as_ref()?.as_str().to_owned()))
        .collect();
    for target in before.told.iter().filter(|target| !said.contains(target)) {
        audit.output_changed(&before.by, target);
    }
    Ok(())
}

fn differences(before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<String> {
    let came = now.iter().filter_map(|(name, tag)| match before.get(name) {
        None => Some(format!("{name} added")),
        Some(old) if old != tag => Some(format!("{name} changed")),
        Some(_) => None,
    });
    let gone = before.keys().filter(|name| !now.contains_key(*name));
    came.chain(gone.map(|name| format!("{name} removed")))
        .collect()
}

fn tag(key: &hmac::Key, output: &AlertOutput) -> String {
    let mut context = hmac::Context::with_key(key);
    let (place, secret) = match &output.target {
        AlertTarget::Url { url, secret } => {
            let secret = secret.as_ref().map_or("", |secret| secret.expose());
            (url.expose().as_bytes(), secret)
        }
        AlertTarget::File(path) => (path.as_os_str().as_encoded_bytes(), "file"),
        #[cfg(feature = "smtp")]
        AlertTarget::Mail(server) => (server.place().as_bytes(), server.password()),
    };
    for part in [place, secret.as_bytes()] {
        context.update(&part.len().to_be_bytes());
        context.update(part);
    }
    // What was configured before there were formats is still the same.
    if output.format != AlertFormat::Jwtrail {
        context.update(format!("{:?}", output.format).as_bytes());
    }
    if output.plain_http {
        context.update(b"plain http");
    }
    URL_SAFE_NO_PAD.encode(context.sign())
}

const KEY: &[u8] = b"outputs";
/// Events of one change that are looked at.
const LOOKED_AT: usize = 1_000;
/// Microseconds after which it must have come to the log, or have left it again.
const LONG_AGO: i64 = 86_400_000_000;
