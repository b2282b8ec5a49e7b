use std::collections::HashMap;

use jwtrail_event::Timestamp;

use super::expiring::Expiring;
use crate::Family;

/// Makes room where one subject has taken it: of the subject with the most families only the
/// newest few are kept. Otherwise whoever can log in could lock out everybody else.
///
/// Gives whether there is room now. Nothing is dropped where nobody has many.
pub(super) fn thin_out(families: &mut Expiring<Family>, now: Timestamp) -> bool {
    if !families.may_search(now) {
        return false;
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for (_, family) in families.iter() {
        *counts.entry(&family.subject).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    let Some((subject, _)) = most.filter(|(_, count)| *count > FEW) else {
        return false;
    };
    let mut theirs: Vec<(Timestamp, u128)> = families
        .iter()
        .filter(|(_, family)| family.subject == subject)
        .map(|(key, family)| (family.opened_at, key))
        .collect();
    theirs.sort_unstable();
    theirs.truncate(theirs.len().saturating_sub(FEW));
    for (_, key) in theirs {
        families.remove(key);
    }
    true
}

/// In each part of the state: some hundred altogether.
const FEW: usize = 16;
