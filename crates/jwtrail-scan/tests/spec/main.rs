//! Reading API documents, from outside.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail like tests"
)]

mod hostile;
mod notes;
mod places;
mod references;
mod samples;
mod security;
mod servers;

use jwtrail_scan::spec::{Operation, Spec, read};

fn spec(text: &str) -> Spec {
    read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// An OpenAPI 3.0 document with these paths and what follows them.
fn with_paths(paths: &str) -> Spec {
    spec(&format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n{paths}"
    ))
}

/// What the notes say, without their places.
fn notes(spec: &Spec) -> Vec<&str> {
    spec.notes.iter().map(|note| note.text.as_str()).collect()
}

fn operation<'s>(spec: &'s Spec, name: &str) -> &'s Operation {
    let found = spec
        .operations
        .iter()
        .find(|operation| operation.name() == name);
    found.unwrap_or_else(|| panic!("no {name} in {:?}", spec.operations))
}
