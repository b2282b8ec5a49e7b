mod class;
mod place;

use self::class::Class;
use super::tree::{Node, Tree};
use super::values::values;
use crate::{Kind, Outcome, Record};

/// Appends the record as an OCSF event.
pub(super) fn write(record: &Record<'_>, out: &mut Vec<u8>) {
    let class = Class::of(record.event);
    let mut tree = Tree::default();
    classify(record, class, &mut tree);
    for (field, value) in values(record) {
        place::place(class, record, field, value, &mut tree);
    }
    for (whole, member) in class.demands() {
        if !tree.has(whole) {
            tree.put(member, Node::text(UNKNOWN));
        }
    }
    if class == Class::AuthorizeSession && !tree.has("privileges") {
        tree.put("privileges", Node::List(Vec::new()));
    }
    tree.write(out);
    out.push(b'\n');
}

/// What OCSF wants to know of an event's class.
fn classify<'a>(record: &Record<'_>, class: Class, tree: &mut Tree<'a>) {
    let activity = class.activity(record.event);
    tree.put("class_uid", Node::Unsigned(class.uid()));
    tree.put("class_name", Node::text(class.name()));
    tree.put("category_uid", Node::Unsigned(class.uid() / 1000));
    tree.put("activity_id", Node::Unsigned(activity));
    if activity == OTHER {
        tree.put("activity_name", Node::text(record.event.as_str()));
    }
    tree.put("type_uid", Node::Unsigned(class.uid() * 100 + activity));
    tree.put("severity_id", Node::Unsigned(severity(record)));
    let controlled = record.kind == Kind::Decision;
    if controlled {
        let (action, disposition) = match (record.outcome, record.enforced) {
            (Outcome::Success, _) => (ALLOWED, ALLOWED),
            (Outcome::Failure, Some(false)) => (OBSERVED, LOGGED),
            (Outcome::Failure, _) => (DENIED, BLOCKED),
        };
        tree.put("action_id", Node::Unsigned(action));
        tree.put("disposition_id", Node::Unsigned(disposition));
    }
    if class == Class::DetectionFinding {
        tree.put("is_alert", Node::Flag(true));
        tree.put("status_id", Node::Unsigned(NEW));
        tree.put("finding_info.analytic.type_id", Node::Unsigned(RULE));
    }
    tree.put("metadata.version", Node::text(VERSION));
    tree.put("metadata.product.name", Node::text("jwtrail"));
    tree.put("metadata.product.vendor_name", Node::text("jwtrail"));
    let controlled = controlled || record.authz.is_some();
    tree.put("metadata.profiles", Node::words(class.profiles(controlled)));
}

/// The event's severity of OpenTelemetry as one of OCSF.
fn severity(record: &Record<'_>) -> u64 {
    match record.event.severity() {
        0..13 => 1,
        13..17 => 2,
        _ => 4,
    }
}

/// The release of OCSF that records are rendered by.
///
/// ```
/// assert_eq!(jwtrail_event::OCSF_VERSION, "1.8.0");
/// ```
pub const VERSION: &str = "1.8.0";

/// Stands where OCSF demands a value and the record has none.
const UNKNOWN: &str = "unknown";

const OTHER: u64 = 99;

const ALLOWED: u64 = 1;
const DENIED: u64 = 2;
const OBSERVED: u64 = 3;
const BLOCKED: u64 = 2;
const LOGGED: u64 = 17;

const NEW: u64 = 1;
const RULE: u64 = 1;
