mod categories;
mod place;

use self::categories::{categories, types};
use super::tree::{Node, Tree};
use super::values::values;
use crate::{EventName, Record};

/// Appends the record as an ECS document.
pub(super) fn write(record: &Record<'_>, out: &mut Vec<u8>) {
    let mut tree = Tree::default();
    let kind = match record.event {
        EventName::AlertRaised => "alert",
        _ => "event",
    };
    tree.put("ecs.version", Node::text(VERSION));
    tree.put("event.kind", Node::text(kind));
    tree.put("event.module", Node::text("jwtrail"));
    tree.put("event.dataset", Node::text("jwtrail.audit"));
    tree.put("event.category", Node::words(categories(record.event)));
    tree.put("event.type", Node::words(types(record.event)));
    for (field, value) in values(record) {
        place::place(record, field, value, &mut tree);
    }
    tree.write(out);
    out.push(b'\n');
}

/// The release of ECS that records are rendered by.
///
/// ```
/// assert_eq!(jwtrail_event::ECS_VERSION, "9.4.0");
/// ```
pub const VERSION: &str = "9.4.0";
