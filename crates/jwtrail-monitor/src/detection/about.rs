use jwtrail_detect::Alert;
use jwtrail_event::{EventName, Reason};

use crate::core::Store;
use crate::internal_events::ReaderFailed;

/// By which service and for which reason all of an alert's events were refused, if it was one.
pub(super) fn refused(store: &dyn Store, alert: &Alert) -> Option<(String, Reason)> {
    let mut about: Option<(String, Reason)> = None;
    for item in &alert.evidence {
        let entry = match store.entry(item.position) {
            Ok(entry) => entry?,
            Err(error) => {
                // It stays an alert of its own, which is the safe side.
                ReaderFailed {
                    reader: "collapse",
                    error: &error,
                }
                .emit();
                return None;
            }
        };
        let record = entry.record().ok()?;
        let refusal = matches!(
            record.event,
            EventName::TokenRejected | EventName::AccessDenied
        );
        let of_this = (record.service.as_str().to_owned(), record.reason?);
        let same = about.as_ref().is_none_or(|known| *known == of_this);
        if !refusal || !same {
            return None;
        }
        about = Some(of_this);
    }
    about
}
