//! The list of quarantines on the wire: round trips, what is refused, what a service learns.

use jwtrail_event::quarantine::{
    Changes, Entry, Hold, Kind, MAX_HOLDS, MAX_SERVICES, Refused, Target, Unreadable, recorded_id,
};
use jwtrail_event::{EventId, Timestamp};
use serde_json::{Value, json};

const ISS: &str = "https://login.example";

fn targets() -> [Target; 5] {
    let (iss, before) = (ISS.to_owned(), Some(Timestamp::from_seconds(7)));
    let sub = "alice".to_owned();
    [
        Target::Token {
            iss: iss.clone(),
            jti: "4f1c".to_owned(),
        },
        Target::Fingerprint {
            fingerprint: format!("k1:{}", "0f".repeat(16)),
        },
        Target::Family {
            iss: iss.clone(),
            family: "f-7".to_owned(),
        },
        Target::Subject {
            iss: iss.clone(),
            sub: sub.clone(),
            before: None,
        },
        Target::Subject { iss, sub, before },
    ]
}

fn entry(target: Target) -> Entry {
    Entry {
        id: EventId::from_u128(7),
        kind: Kind::Quarantine,
        target,
        actor: "operator".to_owned(),
        rule: None,
        reason: "seen at two places at once".to_owned(),
        services: vec!["orders-api".to_owned(), "billing".to_owned()],
        since: Timestamp::from_seconds(0),
        until: Timestamp::from_seconds(60),
    }
}

fn changes() -> Value {
    json!({
        "version": "a1.7-x",
        "whole": true,
        "holds": [{
            "id": "00000000-0000-0000-0000-000000000007",
            "kind": "revocation",
            "target": { "type": "subject", "iss": ISS, "sub": "alice" },
            "until": "2026-03-02T10:00:00.000000Z",
        }],
        "released": ["00000000-0000-0000-0000-000000000008"],
    })
}

fn read(changes: &Value) -> Result<Changes, Unreadable> {
    Changes::read(changes.to_string().as_bytes())
}

#[test]
fn every_target_goes_over_the_wire_and_back() {
    for target in targets() {
        target.check().unwrap();
        let one = entry(target);
        let text = serde_json::to_string(&one).unwrap();
        assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), one);

        let hold = one.hold_for(&["billing".to_owned()]).unwrap();
        let sent = Changes {
            version: "1".to_owned(),
            whole: false,
            more: true,
            holds: vec![hold],
            released: vec![EventId::from_u128(9)],
        };
        let body = serde_json::to_vec(&sent).unwrap();
        assert_eq!(Changes::read(&body).unwrap(), sent);
    }
}

#[test]
fn a_service_learns_what_concerns_it_and_nothing_of_who_and_why() {
    let [one, ..] = targets();
    let one = entry(one);
    let hold = one.hold_for(&["billing".to_owned(), "shop".to_owned()]);
    let hold = hold.unwrap();
    assert_eq!(hold.services, ["billing"], "other services' names");
    assert!(hold.concerns("billing") && !hold.concerns("orders-api"));
    let text = serde_json::to_string(&hold).unwrap();
    assert!(!text.contains("operator") && !text.contains("two places"));
    assert_eq!(one.hold_for(&["shop".to_owned()]), None);

    let mut everywhere = one;
    everywhere.services.clear();
    let hold = everywhere.hold_for(&["shop".to_owned()]).unwrap();
    assert!(hold.services.is_empty() && hold.concerns("shop"));
}

#[test]
fn a_subject_is_the_same_whatever_the_moment() {
    let all = targets();
    for (at, one) in all.iter().enumerate() {
        for (other_at, other) in all.iter().enumerate() {
            let same = at == other_at || (at.min(other_at) == 3 && at.max(other_at) == 4);
            assert_eq!(one.is_same(other), same, "{one} {other}");
        }
    }
}

#[test]
fn a_value_beyond_its_cap_is_refused_and_never_cut() {
    let long = "x".repeat(257);
    let with = |change: &dyn Fn(&mut Entry)| {
        let [one, ..] = targets();
        let mut one = entry(one);
        change(&mut one);
        one.check()
    };
    assert_eq!(with(&|_| {}), Ok(()));
    let jti = |jti: &str| Target::Token {
        iss: ISS.to_owned(),
        jti: jti.to_owned(),
    };
    assert_eq!(
        with(&|one| one.target = jti("")),
        Err(Refused::Empty { field: "jti" })
    );
    assert_eq!(
        with(&|one| one.target = jti(&long)),
        Err(Refused::TooLong {
            field: "jti",
            length: 257,
            limit: 256
        })
    );
    assert_eq!(recorded_id(&long).len(), 256);
    assert!(with(&|one| one.reason = "x".repeat(513)).is_err());
    assert!(with(&|one| one.actor.clear()).is_err());
    assert!(with(&|one| one.rule = Some(String::new())).is_err());
    assert!(with(&|one| one.services = vec![long.clone()]).is_err());
    assert_eq!(
        with(&|one| one.services = vec!["a".to_owned(); MAX_SERVICES + 1]),
        Err(Refused::TooManyServices {
            count: 17,
            limit: 16
        })
    );
    assert_eq!(with(&|one| one.until = one.since), Err(Refused::Period));
    for fingerprint in [
        "",
        "k1",
        "k1:0f",
        "K1:0f",
        &format!("k1:{}", "0F".repeat(16)),
    ] {
        let fingerprint = fingerprint.to_owned();
        let target = Target::Fingerprint { fingerprint };
        assert_eq!(target.check(), Err(Refused::Fingerprint), "{target}");
    }
}

#[test]
fn a_list_that_is_wrong_anywhere_is_not_taken() {
    assert!(read(&changes()).is_ok());
    let wrong = |path: &str, value: Value| {
        let mut all = changes();
        *all.pointer_mut(path).unwrap() = value;
        read(&all).unwrap_err()
    };
    for (path, value) in [
        ("/version", json!(7)),
        ("/holds/0/id", json!("7")),
        ("/holds/0/kind", json!("pardon")),
        ("/holds/0/until", json!("tomorrow")),
        ("/holds/0/target/type", json!("planet")),
        ("/holds/0/target", json!({ "type": "token", "iss": ISS })),
        // A field that could narrow what is meant.
        (
            "/holds/0/target",
            json!({ "type": "token", "iss": ISS, "jti": "1", "only": "x" }),
        ),
        ("/released/0", json!("8")),
    ] {
        let error = wrong(path, value);
        assert!(
            matches!(error, Unreadable::NotChanges { .. }),
            "{path}: {error:?}"
        );
    }
    for version in ["", "a b", "a&since=0", &"1".repeat(129)] {
        let error = wrong("/version", json!(version));
        assert_eq!(error, Unreadable::Version, "{version}");
    }
    let error = wrong("/holds/0/target/sub", json!("x".repeat(257)));
    assert!(matches!(error, Unreadable::Hold(_)), "{error:?}");
    let many = vec!["00000000-0000-0000-0000-000000000008"; MAX_HOLDS + 1];
    let error = wrong("/released", json!(many));
    assert!(matches!(error, Unreadable::TooMany { .. }), "{error:?}");
    let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    let error = Changes::read(deep.as_bytes()).unwrap_err();
    assert!(matches!(error, Unreadable::TooDeep { .. }), "{error:?}");
    for body in [
        &b""[..],
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b"{\"version\":\"1\"} x",
    ] {
        assert!(Changes::read(body).is_err(), "{body:?}");
    }
}

#[test]
fn what_a_newer_monitor_adds_beside_the_target_is_passed_over() {
    let mut all = changes();
    all["note"] = json!("new");
    all["holds"][0]["note"] = json!("new");
    let known = read(&all).unwrap();
    assert_eq!(known, read(&changes()).unwrap());
    assert_eq!(known.holds[0].kind, Kind::Revocation);
    assert!(Hold::check(&known.holds[0]).is_ok());
}

proptest::proptest! {
    /// Whatever comes, it is read or refused.
    #[test]
    fn any_body_is_judged(body: Vec<u8>, cut in 0_usize..400) {
        assert!(Changes::read(&body).is_err());
        let right = changes().to_string();
        if let Some(part) = right.as_bytes().get(..cut.min(right.len() - 1)) {
            assert!(Changes::read(part).is_err());
        }
    }
}
