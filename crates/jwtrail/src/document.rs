use std::fs;
use std::path::Path;

use jwtrail_scan::spec::{self, Spec};

use crate::failure::Failure;

/// Reads an OpenAPI document of this machine.
pub(crate) fn of_file(path: &Path) -> Result<Spec, Failure> {
    let bytes = fs::read(path).map_err(|error| {
        Failure::usage("cannot read the OpenAPI document")
            .in_file(path)
            .because(&error)
    })?;
    of_bytes(path, &bytes)
}

/// Reads an OpenAPI document; `name` is what the user calls it.
pub(crate) fn of_bytes(name: &Path, bytes: &[u8]) -> Result<Spec, Failure> {
    spec::read(bytes).map_err(|error| {
        Failure::usage("this is no OpenAPI document")
            .in_file(name)
            .because(&error)
    })
}
