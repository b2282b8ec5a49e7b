//! How sets of rules stand in the store: each text once, each set as a list of texts, and for each
//! change the position from which on a set was in force.

use std::collections::BTreeSet;

use aws_lc_rs::digest;
use jwtrail_store::{Change, Scan, State, StoreError, Table};
use serde::{Deserialize, Serialize};

use super::texts::{RuleTexts, hex};

#[derive(Serialize, Deserialize)]
struct Set {
    /// Name, and hash of the text.
    files: Vec<(String, String)>,
    disabled: BTreeSet<String>,
}

/// What keeps a set.
pub(crate) fn keep(texts: &RuleTexts) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut files = Vec::new();
    for (name, text) in &texts.files {
        let hash = hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
        let row = text.clone().into_bytes();
        changes.push(Change::Put(Table::Rules, key(TEXT, &hash), row));
        files.push((name.clone(), hash));
    }
    let set = Set {
        files,
        disabled: texts.disabled.clone(),
    };
    // Text and lists: it always serializes.
    let row = serde_json::to_vec(&set).unwrap_or_default();
    changes.push(Change::Put(Table::Rules, key(SET, &texts.hash()), row));
    changes
}

/// The set of a hash, if all of it is there.
pub(crate) fn texts_of(state: &dyn State, hash: &str) -> Result<Option<RuleTexts>, StoreError> {
    let Some(row) = state.load(Table::Rules, &key(SET, hash))? else {
        return Ok(None);
    };
    let Ok(set) = serde_json::from_slice::<Set>(&row) else {
        return Ok(None);
    };
    let mut files = Vec::new();
    for (name, hash) in set.files {
        let text = state.load(Table::Rules, &key(TEXT, &hash))?;
        let Some(text) = text.and_then(|text| String::from_utf8(text).ok()) else {
            return Ok(None);
        };
        files.push((name, text));
    }
    let texts = RuleTexts::new(files).without(set.disabled);
    Ok(Some(texts).filter(|texts| texts.hash() == hash))
}

/// What keeps that a set is in force after a position.
pub(crate) fn at(position: u64, hash: &str) -> Change {
    let key = [AT, &position.to_be_bytes()].concat();
    Change::Put(Table::Rules, key, hash.as_bytes().to_vec())
}

/// The set that was in force after a position.
pub(crate) fn set_at(state: &dyn State, position: u64) -> Result<Option<String>, StoreError> {
    let beyond = [AT, &position.saturating_add(1).to_be_bytes()].concat();
    let rows = state.scan(&Scan {
        prefix: AT,
        beyond: Some(&beyond),
        newest_first: true,
        limit: 1,
        ..Scan::all(Table::Rules)
    })?;
    let newest = rows.into_iter().next();
    Ok(newest.and_then(|(_, hash)| String::from_utf8(hash).ok()))
}

/// The rules that operators have switched off.
pub(crate) fn switched_off(state: &dyn State) -> Result<BTreeSet<String>, StoreError> {
    let row = state.load(Table::Rules, OFF)?;
    Ok(row
        .and_then(|row| serde_json::from_slice(&row).ok())
        .unwrap_or_default())
}

pub(super) fn keep_switched_off(names: &BTreeSet<String>) -> Change {
    let row = serde_json::to_vec(names).unwrap_or_default();
    Change::Put(Table::Rules, OFF.to_vec(), row)
}

fn key(kind: &[u8], hash: &str) -> Vec<u8> {
    [kind, hash.as_bytes()].concat()
}

const TEXT: &[u8] = b"text/";
const SET: &[u8] = b"set/";
const AT: &[u8] = b"at/";
const OFF: &[u8] = b"off";
