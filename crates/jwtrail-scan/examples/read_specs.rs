//! Reads every API document under some folders: `read_specs FOLDER...`. Prints what came of it as
//! one JSON object, names of files relative to where it is run.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement prints, and takes time"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jwtrail_scan::spec::{Security, Spec, SpecError, read};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let mut files = Vec::new();
    for folder in std::env::args_os().skip(1) {
        find(Path::new(&folder), &mut files)?;
    }
    files.sort();
    let start = Instant::now();
    let report = read_all(&files)?;
    println!("{:#}", report.json(start.elapsed()));
    Ok(())
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() {
            find(&path, files)?;
        } else if matches!(extension, Some("json" | "yaml" | "yml")) {
            files.push(path);
        }
    }
    Ok(())
}

/// As many threads as there are cores, each with the next file.
fn read_all(files: &[PathBuf]) -> Result<Report, Box<dyn Error>> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let part = || -> std::io::Result<Report> {
        let mut report = Report::default();
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let bytes = std::fs::read(file)?;
            report.add(file, &bytes);
        }
        Ok(report)
    };
    let parts = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(part)).collect();
        let joined = running.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.collect::<Result<Vec<_>, _>>()
    });
    let mut whole = Report::default();
    for part in parts.map_err(|_| "a thread panicked")? {
        whole.merge(part?);
    }
    Ok(whole)
}

#[derive(Default)]
struct Report {
    bytes: usize,
    counts: BTreeMap<&'static str, usize>,
    /// Files that describe no API.
    others: Vec<String>,
    /// Files that describe one and were not read, and why.
    failed: Vec<String>,
    panicked: Vec<String>,
    slowest: (Duration, String),
}

impl Report {
    fn add(&mut self, file: &Path, bytes: &[u8]) {
        let name = file.display().to_string();
        self.bytes += bytes.len();
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| read(bytes)));
        let took = start.elapsed();
        if took > self.slowest.0 {
            self.slowest = (took, name.clone());
        }
        match outcome {
            Err(_) => self.panicked.push(name),
            Ok(Err(SpecError::NotASpec)) => self.others.push(name),
            Ok(Err(error)) => self.failed.push(format!("{name}: {error}")),
            Ok(Ok(spec)) => self.count(&spec),
        }
    }

    fn count(&mut self, spec: &Spec) {
        let mut add = |name, count| *self.counts.entry(name).or_default() += count;
        add("read", 1);
        add(spec.version.as_str(), 1);
        add("operations", spec.operations.len());
        add("notes", spec.notes.len());
        add("specs with notes", usize::from(!spec.notes.is_empty()));
        for operation in &spec.operations {
            add(
                match operation.security {
                    Security::Required(_) => "required",
                    Security::Optional(_) => "optional",
                    Security::Open => "open",
                    _ => "not declared",
                },
                1,
            );
            add("without a place", usize::from(operation.place.line == 0));
        }
    }

    fn merge(&mut self, other: Self) {
        self.bytes += other.bytes;
        for (name, count) in other.counts {
            *self.counts.entry(name).or_default() += count;
        }
        self.others.extend(other.others);
        self.failed.extend(other.failed);
        self.panicked.extend(other.panicked);
        if other.slowest.0 > self.slowest.0 {
            self.slowest = other.slowest;
        }
    }

    fn json(&self, took: Duration) -> serde_json::Value {
        let count = |name| self.counts.get(name).copied().unwrap_or(0);
        let specs = count("read") + self.failed.len() + self.panicked.len();
        let seconds = took.as_secs_f64();
        json!({
            "specs": specs,
            "read": count("read"),
            "panics": self.panicked.len(),
            "panicked": self.panicked,
            "failed": self.failed,
            "no_specs": self.others,
            "versions": {"2.0": count("2.0"), "3.0": count("3.0"), "3.1": count("3.1")},
            "operations": count("operations"),
            "operations_without_a_place": count("without a place"),
            "security": {
                "required": count("required"),
                "optional": count("optional"),
                "open": count("open"),
                "not_declared": count("not declared"),
            },
            "notes": count("notes"),
            "specs_with_notes": count("specs with notes"),
            "bytes": self.bytes,
            "seconds": seconds,
            "slowest": {"seconds": self.slowest.0.as_secs_f64(), "file": self.slowest.1},
        })
    }
}
