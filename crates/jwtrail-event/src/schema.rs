/// The JSON Schema (2020-12) of a record, as text, its newline at the end.
#[must_use]
pub fn event_schema() -> String {
    let schema = schemars::schema_for!(crate::Record<'static>);
    let mut text = serde_json::to_string_pretty(schema.as_value()).unwrap_or_default();
    text.push('\n');
    text
}
