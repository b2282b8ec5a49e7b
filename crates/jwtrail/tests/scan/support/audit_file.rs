use std::fs;
use std::path::{Path, PathBuf};

use jwtrail_actix::SystemClock;
use jwtrail_event::Clock as _;
use jwtrail_scan::{LogSource, ObservedRecord, Polled};
use serde_json::Value;

/// The audit file of a service, read as it grows.
pub(crate) struct AuditFile {
    path: PathBuf,
    read: usize,
}

impl AuditFile {
    pub(crate) fn boxed(path: &Path) -> Option<Box<dyn LogSource>> {
        Some(Box::new(Self {
            path: path.to_owned(),
            read: 0,
        }))
    }

    fn records(&mut self) -> Vec<ObservedRecord> {
        let text = fs::read_to_string(&self.path).unwrap_or_default();
        let new = text.get(self.read..).unwrap();
        let whole = new.rfind('\n').map_or(0, |end| end + 1);
        let lines = new.get(..whole).unwrap().lines();
        let records = lines
            .map(|line| {
                let mut record = ObservedRecord::new(line.to_owned(), 0, SystemClock.now());
                let members: Value = serde_json::from_str(line).unwrap_or_default();
                for (name, value) in members.as_object().into_iter().flatten() {
                    let text = value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned);
                    record.fields.insert(name.clone(), text);
                }
                record
            })
            .collect();
        self.read += whole;
        records
    }
}

impl LogSource for AuditFile {
    fn description(&self) -> String {
        "the audit file".to_owned()
    }

    fn poll(&mut self) -> Polled<'_> {
        let records = self.records();
        Box::pin(async move { Ok(records) })
    }
}
