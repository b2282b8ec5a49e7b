use jwtrail_event::{Exit, Record};
use jwtrail_forge::Case;

/// Compares a record with what its case expects.
///
/// An accepted token's status is the handler's affair and is not compared.
///
/// ```
/// use jwtrail_event::{EventName, Outcome, Record, Timestamp};
/// use jwtrail_testkit::{Defect, Mismatch, compare};
///
/// let now = Timestamp::from_seconds(1_800_000_000);
/// let accepted = Record::new(EventName::TokenAccepted, Outcome::Success, now);
/// let differs: Vec<Mismatch> = compare(Defect::Expired.case(), &accepted);
/// assert_eq!(differs[0].field, "event");
/// ```
#[must_use]
pub fn compare(case: &Case, record: &Record<'_>) -> Vec<Mismatch> {
    let expect = case.expect;
    let mut found = Vec::new();
    let mut field = |field: &'static str, expected: String, actual: String| {
        if expected != actual {
            found.push(Mismatch {
                case: case.id,
                field,
                expected,
                found: actual,
            });
        }
    };
    field("event", text(expect.event), text(record.event));
    field("outcome", text(expect.outcome()), text(record.outcome));
    field("reason", optional(expect.reason), optional(record.reason));
    field("trust", text(expect.trust), text(record.trust));
    if expect.reason.is_some() && record.exit.is_some() {
        field("status", optional(expect.status), optional(record.status));
    }
    if let Some((_, failed)) = record.steps.and_then(|steps| steps.failure()) {
        field("steps", optional(expect.reason), text(failed));
    }
    if expect.status.is_none() {
        let responded = record.exit == Some(Exit::Responded);
        field(
            "exit",
            text("not responded"),
            text(if responded {
                "responded"
            } else {
                "not responded"
            }),
        );
    }
    found
}

/// Asserts that a record is what its case expects.
///
/// ```
/// use jwtrail_event::{EventName, Outcome, Record, Timestamp, Trust};
/// use jwtrail_testkit::{Defect, assert_expected};
///
/// let case = Defect::Expired.case();
/// let now = Timestamp::from_seconds(1_800_000_000);
/// let mut record = Record::new(EventName::TokenRejected, Outcome::Failure, now);
/// record.reason = case.expect.reason;
/// record.trust = Trust::Signed;
/// assert_expected(case, &record);
/// ```
///
/// # Panics
/// When it is not, naming every field that differs.
#[track_caller]
#[expect(clippy::panic, reason = "this is an assertion for tests")]
pub fn assert_expected(case: &Case, record: &Record<'_>) {
    let mismatches = compare(case, record);
    if !mismatches.is_empty() {
        let list: Vec<String> = mismatches.iter().map(ToString::to_string).collect();
        panic!("{}", list.join("\n"));
    }
}

/// A field that is not as its case expects.
///
/// ```
/// use jwtrail_event::{EventName, Outcome, Record, Timestamp};
/// use jwtrail_testkit::{Defect, Mismatch, compare};
///
/// let now = Timestamp::from_seconds(1_800_000_000);
/// let missing = Record::new(EventName::TokenMissing, Outcome::Failure, now);
/// let differs: Vec<Mismatch> = compare(Defect::Expired.case(), &missing);
/// let expected = "CLM-01/hour-ago: `event` is token.missing, expected token.rejected";
/// assert_eq!(differs[0].to_string(), expected);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{case}: `{field}` is {found}, expected {expected}")]
#[non_exhaustive]
pub struct Mismatch {
    /// The case.
    pub case: &'static str,
    /// The record's field.
    pub field: &'static str,
    /// What should stand there.
    pub expected: String,
    /// What does.
    pub found: String,
}

fn text(value: impl ToString) -> String {
    value.to_string()
}

fn optional(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "absent".to_owned(), text)
}
