//! What both transports have in common: from lines to a request, from an answer to a count.

use jwtrail_event::otlp::{self, ExportLogsServiceRequest, ExportLogsServiceResponse};
use jwtrail_event::{DroppedKind, Record};

use crate::trail::delivery::{Rejected, kind_of, lines_of};

/// The lines as a collector takes them. One that is no record any more, in a spool that was
/// damaged, can't be delivered to anybody: it is left out and counted.
pub(super) fn export_of(lines: &[u8]) -> (ExportLogsServiceRequest, Rejected) {
    let mut damaged = Rejected::default();
    let mut records = Vec::new();
    for line in lines_of(lines) {
        match Record::read(line) {
            Ok(record) => records.push(record),
            Err(error) => {
                damaged.drops.add(DroppedKind::System, 1);
                damaged.problem = error.to_string();
            }
        }
    }
    (otlp::export(&records), damaged)
}

/// Does on another thread what takes its time with a whole batch: on this one the sink puts what
/// comes meanwhile into the spool. None if it panicked.
pub(super) async fn aside<T: Send + 'static>(
    lines: &[u8],
    work: impl FnOnce(&[u8]) -> T + Send + 'static,
) -> Option<T> {
    let lines = lines.to_vec();
    tokio::task::spawn_blocking(move || work(&lines)).await.ok()
}

/// What a partial success says. It has a number only: which records they are is not said, so
/// that the kinds are those of the first ones.
pub(super) fn count_rejected(
    rejected: &mut Rejected,
    lines: &[u8],
    answer: ExportLogsServiceResponse,
) {
    if let Some(partial) = answer.partial_success {
        let count = usize::try_from(partial.rejected_log_records).unwrap_or(0);
        for line in lines_of(lines).take(count) {
            rejected.drops.add(kind_of(line), 1);
        }
        if count > 0 {
            rejected.problem = partial.error_message;
        }
    }
}

pub(super) const RECEIVER: &str = "the collector";
pub(super) const CREDENTIAL: &str =
    "it does not take the credential: check the headers that are sent";
pub(super) const WAITING: &str = "audit records wait in the spool";
