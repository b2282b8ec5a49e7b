//! What became of the rules since the last start, as records of the log.

use std::collections::BTreeMap;

use jwtrail_actix::Trail;
use jwtrail_detect::RuleInfo;
use jwtrail_event::Text;
use jwtrail_event::events::RulesChanged;
use jwtrail_store::{Change, State, StoreError, Table};

use crate::own_audit::correlation;
use crate::{MonitorError, random};

/// Records each rule that is new, other, or gone. Gives what keeps the rules as they are, to be
/// committed when the records are in the log: one that is told twice is better than none.
pub(crate) fn report(
    state: &dyn State,
    rules: &[RuleInfo],
    trail: &Trail,
) -> Result<Vec<Change>, MonitorError> {
    let versions = rules.iter().map(|rule| (&*rule.name, &*rule.version));
    let now: BTreeMap<&str, &str> = versions.collect();
    let before = load(state)?;
    for (rule, target) in differences(before.as_ref(), &now) {
        let bits = u128::from_be_bytes(random::bytes()?);
        trail.record(&RulesChanged {
            correlation: &correlation(format!("rules-{bits:032x}"), bits),
            actor: Text::from("configuration"),
            rule: Text::from(rule),
            target: Text::from(target),
        });
    }
    // Text keys only: it always serializes.
    let row = serde_json::to_vec(&now).unwrap_or_default();
    Ok(vec![Change::Put(Table::Reader, KEY.to_vec(), row)])
}

fn load(state: &dyn State) -> Result<Option<BTreeMap<String, String>>, StoreError> {
    let row = state.load(Table::Reader, KEY)?;
    Ok(row.and_then(|row| serde_json::from_slice(&row).ok()))
}

/// At the first start there is nothing to tell a difference from.
fn differences<'r>(
    before: Option<&'r BTreeMap<String, String>>,
    now: &BTreeMap<&'r str, &'r str>,
) -> Vec<(&'r str, &'static str)> {
    let Some(before) = before else {
        return Vec::new();
    };
    let came = now.iter().filter_map(|(name, version)| {
        let what = match before.get(*name) {
            None => "added",
            Some(old) if old != version => "changed",
            Some(_) => return None,
        };
        Some((*name, what))
    });
    let gone = before
        .keys()
        .filter(|name| !now.contains_key(name.as_str()));
    came.chain(gone.map(|name| (name.as_str(), "removed")))
        .collect()
}

const KEY: &[u8] = b"rules";
