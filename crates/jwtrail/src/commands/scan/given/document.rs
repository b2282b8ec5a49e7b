use std::fs;
use std::path::Path;

use jwtrail_actix::Outbound;
use jwtrail_scan::spec::{Remote, Spec};

use crate::document;
use crate::failure::{Failure, Kind};
use crate::runtime::Runtime;

/// Reads the OpenAPI document, and with `remote` what it refers to.
pub(super) fn read(name: &str, remote: bool, runtime: &Runtime) -> Result<Spec, Failure> {
    let path = Path::new(name);
    let bytes = if is_url(name) {
        fetch(name, runtime)?
    } else {
        document::bytes_of(path)?
    };
    if !remote {
        return document::of_bytes(path, &bytes);
    }
    let mut others = Others {
        runtime,
        on_network: is_url(name),
    };
    document::of_bytes_with(path, &bytes, &mut others)
}

/// The documents that a document refers to.
struct Others<'r> {
    runtime: &'r Runtime,
    /// Whether the document itself came from there: then it names no file of this machine.
    on_network: bool,
}

impl Remote for Others<'_> {
    fn fetch(&mut self, address: &str) -> Result<Vec<u8>, String> {
        if is_url(address) {
            let fetched = fetch(address, self.runtime);
            return fetched.map_err(|failure| {
                let told = failure.to_string();
                let lines: Vec<&str> = told.lines().map(str::trim).collect();
                lines.join(", ")
            });
        }
        if self.on_network {
            return Err("it is no http or https address".to_owned());
        }
        let path = Path::new(address);
        let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
        if size > MAX_DOCUMENT as u64 {
            return Err("it is too large".to_owned());
        }
        fs::read(path).map_err(|error| error.to_string())
    }
}

fn is_url(name: &str) -> bool {
    name.starts_with("http://") || name.starts_with("https://")
}

fn fetch(url: &str, runtime: &Runtime) -> Result<Vec<u8>, Failure> {
    let fetched = runtime.block_on(async {
        let outbound = Outbound::builder()
            .allow_private_targets()
            .answer_bytes(MAX_DOCUMENT)
            .build()?;
        outbound.get(url).send().await
    });
    let unreachable =
        || Failure::new(Kind::Unreachable, "cannot fetch the OpenAPI document").at_url(url);
    let answer = fetched.map_err(|error| unreachable().because(&error))?;
    match answer.status() {
        200 => Ok(answer.body().to_vec()),
        status => Err(unreachable().remedy(format!("it answers {status}; give the file instead"))),
    }
}

/// Longer documents are no documents of an API, in bytes.
const MAX_DOCUMENT: usize = 64 * 1024 * 1024;
