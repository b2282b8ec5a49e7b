use std::fs;
use std::path::Path;

use jwtrail_scan::spec::{self, Remote, Spec, SpecError};

use crate::failure::Failure;

/// Reads an OpenAPI document of this machine.
pub(crate) fn of_file(path: &Path) -> Result<Spec, Failure> {
    of_bytes(path, &bytes_of(path)?)
}

/// What is in the file of a document.
pub(crate) fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| {
        Failure::usage("cannot read the OpenAPI document")
            .in_file(path)
            .because(&error)
    })
}

/// Reads an OpenAPI document; `name` is what the user calls it.
pub(crate) fn of_bytes(name: &Path, bytes: &[u8]) -> Result<Spec, Failure> {
    spec::read(bytes).map_err(|error| no_document(name, &error))
}

/// Reads an OpenAPI document and those that it refers to.
pub(crate) fn of_bytes_with(
    name: &Path,
    bytes: &[u8],
    others: &mut dyn Remote,
) -> Result<Spec, Failure> {
    let address = name.display().to_string();
    spec::read_with(bytes, &address, others).map_err(|error| no_document(name, &error))
}

fn no_document(name: &Path, error: &SpecError) -> Failure {
    Failure::usage("this is no OpenAPI document")
        .in_file(name)
        .because(error)
}
