use jwtrail_event::{EventName, Exit, Outcome, Reason, Record, Step, Steps, Timestamp, Trust};
use jwtrail_forge::find;
use jwtrail_testkit::{assert_expected, compare};

fn rejected(reason: Reason) -> Record<'static> {
    let time = Timestamp::from_seconds(1_800_000_000);
    let mut record = Record::new(EventName::TokenRejected, Outcome::Failure, time);
    let mut steps = Steps::default();
    steps.failed(Step::Claims, reason);
    record.steps = Some(steps);
    record.reason = Some(reason);
    record.trust = Trust::Signed;
    record.status = Some(401);
    record.exit = Some(Exit::Responded);
    record
}

#[test]
fn the_right_record_has_no_mismatch() {
    assert_expected(find("CLM-01/hour-ago").unwrap(), &rejected(Reason::Expired));
}

#[test]
fn each_wrong_field_is_named() {
    let case = find("CLM-01/hour-ago").unwrap();
    let fields = |record: &Record<'_>| -> Vec<&'static str> {
        compare(case, record).iter().map(|m| m.field).collect()
    };
    assert_eq!(fields(&rejected(Reason::BadAudience)), ["reason", "steps"]);
    let mut record = rejected(Reason::Expired);
    record.trust = Trust::None;
    record.status = Some(500);
    assert_eq!(fields(&record), ["trust", "status"]);
    record.event = EventName::AccessDenied;
    record.outcome = Outcome::Success;
    assert_eq!(fields(&record), ["event", "outcome", "trust", "status"]);
}

#[test]
fn a_request_without_an_answer_has_not_responded() {
    let case = find("STA-02/client-gone").unwrap();
    let mut record = rejected(Reason::Undecided);
    record.status = None;
    assert_eq!(compare(case, &record)[0].field, "exit");
    record.exit = Some(Exit::Dropped);
    assert_eq!(compare(case, &record), []);
}
