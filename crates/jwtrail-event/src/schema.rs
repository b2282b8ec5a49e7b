mod reference;

pub use reference::event_reference;

/// The JSON Schema (2020-12) of a record, as text, its newline at the end.
///
/// Fields that it does not name are allowed: they are additions of a newer writer.
///
/// ```
/// let schema = jwtrail_event::event_schema();
/// assert!(schema.contains("\"title\": \"jwtrail audit event\""));
/// ```
#[must_use]
pub fn event_schema() -> String {
    let schema = schemars::schema_for!(crate::Record<'static>);
    format!("{:#}\n", schema.as_value())
}
