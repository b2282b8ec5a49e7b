//! Requests with the valid token and hostile values around it.

use crate::check::CheckId;
use crate::plan;
use crate::probe::{Probe, Wanted, WantedAnswer, WantedRecord};
use crate::request::Request;
use crate::run::Run;

/// The valid token on the deep operation, the request changed.
pub(super) fn probe(
    run: &Run<'_>,
    check: CheckId,
    variant: &str,
    title: &str,
    change: impl FnOnce(Request) -> Request,
) -> Option<Probe> {
    let operation = run.operations.get(run.deep)?;
    let request = operation.request().bearer(&run.options.token);
    Some(Probe {
        check,
        variant: variant.to_owned(),
        title: title.to_owned(),
        operation: run.deep,
        request: change(request),
        wanted: Wanted {
            answer: WantedAnswer::Any,
            record: Some(WantedRecord {
                literal: false,
                ..plan::success(&run.said)
            }),
        },
    })
}
