//! What a quarantine list does to requests, and how the list comes from the monitor.

use std::path::Path;
use std::sync::Arc;

use jwtrail_actix::{QuarantineError, QuarantineList};
use jwtrail_event::quarantine::{Changes, Hold, Kind, Target};
use jwtrail_event::{EventId, Reason, SecretToken, Step, StepResult, Timestamp};

use crate::client::Call;
use crate::list_stub::{ListStub, Script};
use crate::monitor_stub::{CREDENTIAL, within};
use crate::server::{NOW, Service, Setup, find};

#[actix_web::test]
async fn a_token_that_was_accepted_is_refused_on_the_next_request() {
    let list = QuarantineList::new();
    let service = service(&list);
    let token = service.forge.token().id("stolen").sign();
    let other = service.forge.token().id("other").sign();
    assert_eq!(status(&service, &token, "before").await, 200);

    list.replace(&[hold(1, Kind::Quarantine, jti(&service, "stolen"))]);
    assert_eq!(status(&service, &token, "after").await, 401);
    assert_eq!(status(&service, &other, "other").await, 200);
    list.replace(&[]);
    assert_eq!(status(&service, &token, "released").await, 200);

    let recorded = service.finish().await.sent(&[token, other]);
    let records = recorded.complies(4);
    let refused = find(&records, "after");
    assert_eq!(refused.reason, Some(Reason::Quarantined));
    assert_eq!(
        refused.steps.unwrap().of(Step::Revocation),
        Some(StepResult::Failed(Reason::Quarantined))
    );
    assert_eq!(refused.cache, Some(jwtrail_event::CacheUse::Hit));
    assert_eq!(refused.token_jti.as_ref().unwrap().as_str(), "stolen");
}

#[actix_web::test]
async fn an_entry_holds_for_whom_and_as_long_as_it_says() {
    let list = QuarantineList::new();
    let service = service(&list);
    let token = service.forge.token().id("4f1c").issued_in(-30).sign();
    let target = || jti(&service, "4f1c");
    let subject = |before: Option<i64>| Target::Subject {
        iss: service.forge.issuer().to_owned(),
        sub: subject_of(&service, &token),
        before: before.map(|seconds| Timestamp::from_seconds(NOW + seconds)),
    };
    let with = |target: Target, change: &dyn Fn(&mut Hold)| {
        let mut one = hold(1, Kind::Quarantine, target);
        change(&mut one);
        vec![one]
    };
    let elsewhere = Target::Token {
        iss: "https://other.example".to_owned(),
        jti: "4f1c".to_owned(),
    };
    let cases = [
        (with(target(), &|_| {}), Some(Reason::Quarantined)),
        (
            with(target(), &|one| one.kind = Kind::Revocation),
            Some(Reason::Revoked),
        ),
        // Identities are with their issuer.
        (with(elsewhere, &|_| {}), None),
        (
            with(target(), &|one| one.services = names(&["orders-api"])),
            Some(Reason::Quarantined),
        ),
        (
            with(target(), &|one| one.services = names(&["billing"])),
            None,
        ),
        // The moment of its end is not in it.
        (
            with(target(), &|one| one.until = Timestamp::from_seconds(NOW)),
            None,
        ),
        (
            with(target(), &|one| {
                one.until = Timestamp::from_micros(NOW * 1_000_000 + 1)
            }),
            Some(Reason::Quarantined),
        ),
        (with(subject(None), &|_| {}), Some(Reason::Quarantined)),
        (with(subject(Some(-30)), &|_| {}), Some(Reason::Quarantined)),
        (with(subject(Some(-31)), &|_| {}), None),
        // Both: the stronger word.
        (
            vec![
                hold(1, Kind::Quarantine, target()),
                hold(2, Kind::Revocation, subject(None)),
            ],
            Some(Reason::Revoked),
        ),
    ];
    for (at, (holds, expected)) in cases.iter().enumerate() {
        list.replace(holds);
        let answer = status(&service, &token, &format!("case-{at}")).await;
        assert_eq!(answer, if expected.is_some() { 401 } else { 200 }, "{at}");
    }
    let count = cases.len();
    let recorded = service.finish().await.sent(std::slice::from_ref(&token));
    let records = recorded.complies(count);
    for (at, (_, expected)) in cases.iter().enumerate() {
        let record = find(&records, &format!("case-{at}"));
        assert_eq!(record.reason, *expected, "{at}");
    }
}

#[actix_web::test]
async fn an_entry_stops_to_hold_by_the_clock() {
    let list = QuarantineList::new();
    let service = service(&list);
    let token = service.forge.token().id("4f1c").sign();
    list.replace(&[hold(1, Kind::Quarantine, jti(&service, "4f1c"))]);
    assert_eq!(status(&service, &token, "held").await, 401);
    service.clock.advance_seconds(60);
    assert_eq!(status(&service, &token, "over").await, 200);
    service.finish().await.sent(&[token]).complies(2);
}

#[actix_web::test]
async fn the_list_comes_from_the_monitor_and_stays_while_it_is_away() {
    let script = Script::default();
    let monitor = ListStub::start(&script);
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("quarantine.json");
    let list = follow(&monitor.url(), Some(&kept)).unwrap();
    let service = service(&list);
    let token = service.forge.token().id("stolen").sign();
    let second = service.forge.token().id("second").sign();
    assert_eq!(status(&service, &token, "1").await, 200);
    assert_eq!(list.confirmed_at(), None);

    let stolen = hold(1, Kind::Quarantine, jti(&service, "stolen"));
    script.answer("", &changes("a-1", true, vec![stolen]));
    within(list.confirmed()).await;
    assert_eq!(status(&service, &token, "2").await, 401);
    script.asked("a-1", 1).await;

    // Gone, and its list with it: what is known holds, in a new process of the service, too.
    let address = monitor.address;
    monitor.kill().await;
    assert_eq!(status(&service, &token, "3").await, 401);
    let again = follow(&format!("http://{address}"), Some(&kept)).unwrap();
    assert_eq!(again.len(), 1);
    assert_eq!(again.confirmed_at(), None, "nobody has confirmed it yet");
    drop(list);
    let mut setup = setup(&again);
    setup.workers = 2;
    let restarted = Service::start(&setup);
    assert_eq!(status(&restarted, &token, "4").await, 401);

    // It is back: what changed meanwhile comes, and not the whole list.
    let more = hold(2, Kind::Quarantine, jti(&service, "second"));
    let mut news = changes("a-3", false, vec![more]);
    news.released.push(EventId::from_u128(1));
    script.answer("a-1", &news);
    let back = ListStub::start_on(&script, address);
    within(again.confirmed()).await;
    assert_eq!(status(&restarted, &token, "5").await, 200);
    assert_eq!(status(&restarted, &second, "6").await, 401);
    script.asked("a-3", 1).await;
    back.kill().await;
    let tokens = [token, second];
    service.finish().await.sent(&tokens).complies(3);
    restarted.finish().await.sent(&tokens).complies(3);
}

#[actix_web::test]
async fn a_whole_list_counts_when_it_is_complete() {
    let script = Script::default();
    let monitor = ListStub::start(&script);
    let list = follow(&monitor.url(), None).unwrap();
    let of = |id: u128, jti: &str| {
        let target = Target::Token {
            iss: "https://login.example".to_owned(),
            jti: jti.to_owned(),
        };
        hold(id, Kind::Quarantine, target)
    };
    script.answer("", &changes("a-1", true, vec![of(1, "one")]));
    within(list.confirmed()).await;
    assert_eq!(list.len(), 1);

    // Another list, in three parts: until the last one has come the old one holds.
    let mut part = changes("b-1", true, vec![of(7, "seven")]);
    part.more = true;
    script.answer("a-1", &part);
    script.asked("b-1", 1).await;
    assert_eq!(list.len(), 1);
    let mut part = changes("b-2", false, vec![of(8, "eight"), of(9, "nine")]);
    part.more = true;
    script.answer("b-1", &part);
    script.asked("b-2", 1).await;
    assert_eq!(list.len(), 1);
    let mut part = changes("b-3", false, Vec::new());
    part.released.push(EventId::from_u128(9));
    script.answer("b-2", &part);
    script.asked("b-3", 1).await;
    assert_eq!(list.len(), 2);
    monitor.kill().await;
}

#[actix_web::test]
async fn a_list_that_is_refused_or_wrong_changes_nothing() {
    let script = Script::default();
    let monitor = ListStub::start(&script);
    let list = follow(&monitor.url(), None).unwrap();
    let service = service(&list);
    let token = service.forge.token().id("stolen").sign();
    let stolen = hold(1, Kind::Quarantine, jti(&service, "stolen"));
    script.answer("", &changes("1", true, vec![stolen.clone()]));
    within(list.confirmed()).await;

    let mut long = changes("2", true, Vec::new());
    long.version = "x y".to_owned();
    let long = serde_json::to_string(&long).unwrap();
    // The next attempt comes when the one before has been judged.
    let answers = [(401, ""), (200, "{}"), (200, &*long), (302, "")];
    for (at, (code, body)) in answers.into_iter().enumerate() {
        let before = script.count("1");
        script.answer_raw("1", code, body);
        script.asked("1", before + 2).await;
        let id = format!("held-{at}");
        assert_eq!(status(&service, &token, &id).await, 401);
    }
    script.answer("1", &changes("3", false, Vec::new()));
    script.asked("3", 1).await;
    assert_eq!(status(&service, &token, "held").await, 401);
    monitor.kill().await;
    service.finish().await.sent(&[token]).complies(5);
}

#[actix_web::test]
async fn who_needs_the_list_no_more_does_not_ask_for_it() {
    let script = Script::default();
    let monitor = ListStub::start(&script);
    let list = follow(&monitor.url(), None).unwrap();
    script.answer("", &changes("1", true, Vec::new()));
    within(list.confirmed()).await;
    script.asked("1", 1).await;
    let clone = list.clone();
    drop(list);
    script.answer("1", &changes("2", false, Vec::new()));
    // A clone still follows it.
    script.asked("2", 1).await;
    drop(clone);
    script.closed().await;
    monitor.kill().await;
}

#[cfg(unix)]
#[actix_web::test]
async fn a_kept_list_is_its_owners_alone() {
    use std::fs::{Permissions, metadata, set_permissions, write};
    use std::os::unix::fs::PermissionsExt as _;

    let script = Script::default();
    let monitor = ListStub::start(&script);
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("quarantine.json");
    let list = follow(&monitor.url(), Some(&kept)).unwrap();
    script.answer("", &changes("1", true, Vec::new()));
    within(list.confirmed()).await;
    assert_eq!(metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);

    // Damaged: the monitor has the whole of it, so the service starts.
    write(&kept, "{\"version\":").unwrap();
    assert_eq!(follow(&monitor.url(), Some(&kept)).unwrap().len(), 0);
    // Whoever can write it can let tokens go. Nobody else writes this one meanwhile.
    let exposed = folder.path().join("exposed.json");
    write(&exposed, "").unwrap();
    set_permissions(&exposed, Permissions::from_mode(0o620)).unwrap();
    let error = follow(&monitor.url(), Some(&exposed)).unwrap_err();
    assert!(
        matches!(error, QuarantineError::Exposed { .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("chmod 600"), "{error}");
    let error = follow(&monitor.url(), Some(folder.path())).unwrap_err();
    assert!(!error.to_string().is_empty());
    monitor.kill().await;
}

#[test]
fn what_can_not_be_followed_is_refused_at_the_start() {
    for (url, credential) in [("ftp://x", CREDENTIAL), ("", CREDENTIAL)] {
        let credential = SecretToken::new(credential.to_owned());
        let error = QuarantineList::from_monitor(url, credential).start();
        assert!(matches!(error, Err(QuarantineError::Url { .. })), "{url}");
    }
    for credential in ["", " ", "a\nb", "a b"] {
        let credential = SecretToken::new(credential.to_owned());
        let error = QuarantineList::from_monitor("http://127.0.0.1:9", credential).start();
        assert!(matches!(error, Err(QuarantineError::Credential)));
    }
}

fn follow(url: &str, kept: Option<&Path>) -> Result<QuarantineList, QuarantineError> {
    let clock = jwtrail_testkit::TestClock::new(Timestamp::from_seconds(NOW));
    let credential = SecretToken::new(format!("{CREDENTIAL}\n"));
    let source = QuarantineList::from_monitor(url, credential).clock(Arc::new(clock));
    match kept {
        Some(path) => source.cache_file(path).start(),
        None => source.start(),
    }
}

fn setup(list: &QuarantineList) -> Setup {
    Setup {
        quarantine: Some(list.clone()),
        ..Setup::default()
    }
}

fn service(list: &QuarantineList) -> Service {
    Service::start(&setup(list))
}

async fn status(service: &Service, token: &SecretToken, id: &str) -> u16 {
    let call = Call::get("/orders/7").bearer(token).id(id);
    call.send(service.address).await.status()
}

fn jti(service: &Service, jti: &str) -> Target {
    Target::Token {
        iss: service.forge.issuer().to_owned(),
        jti: jti.to_owned(),
    }
}

fn subject_of(service: &Service, token: &SecretToken) -> String {
    let now = service.forge.now();
    let verified = service.auth.verifier().verify(token.expose(), now).unwrap();
    verified.token.sub().to_owned()
}

fn hold(id: u128, kind: Kind, target: Target) -> Hold {
    Hold {
        id: EventId::from_u128(id),
        kind,
        target,
        services: Vec::new(),
        until: Timestamp::from_seconds(NOW + 60),
    }
}

fn changes(version: &str, whole: bool, holds: Vec<Hold>) -> Changes {
    Changes {
        version: version.to_owned(),
        whole,
        more: false,
        holds,
        released: Vec::new(),
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}
