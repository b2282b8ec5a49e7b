//! Synthetic traffic: good records, the same every time, and a truth that is true of them.

use std::collections::{BTreeMap, BTreeSet};

use jwtrail_detect::generate::{Attack, Cause, Generator, Honest, Lateness, Settings};
use jwtrail_event::{EventId, EventName, Record};

fn small() -> Settings {
    Settings {
        days: 2,
        subjects: 300,
        heartbeat: 60,
        ..Settings::default()
    }
}

fn written(settings: &Settings) -> Vec<u8> {
    let mut generator = Generator::new(settings);
    let mut lines = Vec::new();
    while let Some(arrival) = generator.next() {
        arrival.record.write_ndjson(&mut lines);
    }
    lines
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let first = written(&small());
    assert!(first.len() > 500_000);
    assert!(first == written(&small()));
    let other = Settings { seed: 2, ..small() };
    assert!(first != written(&other));
}

#[test]
fn every_record_is_a_good_one_and_comes_back_from_its_line() {
    let mut generator = Generator::new(&small());
    let mut line = Vec::new();
    let mut ids = BTreeSet::new();
    let mut events = BTreeSet::new();
    while let Some(arrival) = generator.next() {
        let record = &arrival.record;
        assert_eq!(record.violations(), [], "{record:?}");
        line.clear();
        record.write_ndjson(&mut line);
        assert_eq!(Record::read(&line).as_ref(), Ok(record));
        assert!(ids.insert(record.event_id), "{} twice", record.event_id);
        assert_eq!(Cause::of(record.event_id), Some(arrival.cause));
        events.insert(record.event.as_str());
    }
    for event in [
        "token.missing",
        "token.accepted",
        "token.rejected",
        "access.denied",
        "rate.exceeded",
        "login.succeeded",
        "login.failed",
        "token.issued",
        "token.refreshed",
        "refresh.replayed",
        "refresh.reused",
        "refresh.refused",
        "token.revoked",
        "keys.failed",
        "keys.refreshed",
        "heartbeat",
        "audit.dropped",
        "rules.changed",
    ] {
        assert!(events.contains(event), "no {event}");
    }
}

#[test]
fn records_arrive_in_order_and_hardly_late() {
    for (lateness, late) in [
        (Lateness::IN_ORDER, false),
        (Lateness::LATE, true),
        (Lateness::BACKLOG, true),
    ] {
        let mut generator = Generator::new(&Settings {
            lateness,
            ..small()
        });
        let mut last = None;
        let mut newest = BTreeMap::new();
        let (mut behind, mut events) = (0, 0);
        while let Some(arrival) = generator.next() {
            assert!(last <= Some(arrival.received_at));
            last = Some(arrival.received_at);
            events += 1;
            let newest = newest
                .entry(arrival.producer.to_owned())
                .or_insert(i64::MIN / 2);
            let time = arrival.record.time.as_millis();
            assert!(time > *newest - 30_000, "too late");
            behind += u32::from(time < *newest - 500);
            *newest = time.max(*newest);
        }
        assert_eq!(behind > events / 100, late, "{behind} of {events}");
    }
}

#[test]
fn numbers_are_whole_in_every_boot_but_where_an_attack_takes_some_away() {
    let settings = Settings {
        days: 9,
        subjects: 20,
        heartbeat: 60,
        attacks: Vec::new(),
        ..Settings::default()
    };
    assert_eq!(gaps(&settings), 0);
    let attacked = Settings {
        attacks: vec![Attack::AuditGap],
        ..settings
    };
    assert_eq!(gaps(&attacked), 3);
}

/// How many times a boot's numbers leave some out.
fn gaps(settings: &Settings) -> usize {
    let mut generator = Generator::new(settings);
    let mut boots: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut finals = 0;
    while let Some(arrival) = generator.next() {
        let record = arrival.record;
        finals += u32::from(record.r#final == Some(true));
        let boot = boots.entry(record.boot_id.as_str().to_owned());
        boot.or_default().push(record.seq);
    }
    assert!(finals > 0, "the deploys restart a service");
    let mut gaps = 0;
    for numbers in boots.values_mut() {
        numbers.sort_unstable();
        let steps = numbers.windows(2);
        gaps += steps.filter(|pair| pair[1] != pair[0] + 1).count();
    }
    gaps
}

#[test]
fn the_truth_is_true_of_the_records() {
    let mut generator = Generator::new(&small());
    let mut times: BTreeMap<EventId, (i64, i64, u16)> = BTreeMap::new();
    let mut counts: BTreeMap<u16, u64> = BTreeMap::new();
    while let Some(arrival) = generator.next() {
        if let Cause::Injection(number) = arrival.cause {
            *counts.entry(number).or_default() += 1;
            let moment = (
                arrival.record.time.as_micros(),
                arrival.received_at.as_micros(),
                number,
            );
            times.insert(arrival.record.event_id, moment);
        }
    }
    assert!(generator.truth().len() > 4 * Attack::ALL.len());
    for (number, injection) in (0..).zip(generator.truth()) {
        assert_eq!(
            Some(&injection.events),
            counts.get(&number),
            "{injection:?}"
        );
        let moments = [injection.first, injection.decisive, injection.last];
        let moments = moments.map(|moment| moment.unwrap_or_else(|| panic!("{injection:?}")));
        for moment in moments {
            let (time, received_at, of) = times[&moment.event_id];
            assert_eq!(moment.time.as_micros(), time);
            assert_eq!(moment.received_at.as_micros(), received_at);
            assert_eq!(of, number);
        }
        let [first, decisive, last] = moments;
        assert!(first.time <= decisive.time && decisive.time <= last.time);
        assert!(injection.ready_at.unwrap() >= decisive.received_at);
        if injection.covered {
            assert!(injection.strength.is_over_the_threshold());
            let key = &injection.expected[0].key;
            assert!(!key.is_empty() || injection.attack == "monitor-tampered");
        }
    }
}

#[test]
fn what_comes_too_late_excuses_no_attack_that_is_large_enough_without() {
    let settings = Settings {
        days: 3,
        subjects: 20,
        heartbeat: 600,
        attacks: vec![Attack::SignatureGuessing],
        copies: 12,
        lateness: Lateness::BACKLOG,
        ..Settings::default()
    };
    let mut generator = Generator::new(&settings);
    let mut late: BTreeMap<u16, Vec<bool>> = BTreeMap::new();
    while let Some(arrival) = generator.next() {
        if let Cause::Injection(number) = arrival.cause {
            let micros = arrival.received_at.micros_since(arrival.record.time);
            late.entry(number).or_default().push(micros > 60_000_000);
        }
    }
    let (mut in_spite, mut excused) = (0, 0);
    for (injection, late) in generator.truth().iter().zip(late.values()) {
        let in_time = late.iter().filter(|late| !**late).count();
        let together = in_time == late.len() || in_time == 0;
        if injection.strength.is_over_the_threshold() {
            let enough = together || in_time >= 20;
            assert_eq!(injection.covered, enough, "{injection:?}");
            in_spite += u32::from(enough && !together);
            excused += u32::from(!enough);
        }
    }
    assert!(in_spite > 0 && excused > 0, "{in_spite} {excused}");
}

#[test]
fn every_kind_of_honest_traffic_is_there() {
    let mut generator = Generator::new(&Settings {
        days: 14,
        subjects: 1_000,
        heartbeat: 600,
        ..Settings::default()
    });
    let mut seen = BTreeSet::new();
    while let Some(arrival) = generator.next() {
        if let Cause::Honest(kind) = arrival.cause {
            seen.insert(kind);
        }
    }
    let all: BTreeSet<Honest> = Honest::ALL.iter().copied().collect();
    assert_eq!(seen, all);
}

#[test]
fn no_rule_goes_by_what_is_only_synthetic() {
    // The addresses are of ranges that nobody has.
    let mut generator = Generator::new(&small());
    while let Some(arrival) = generator.next() {
        let address = arrival
            .record
            .client_ip
            .as_ref()
            .map_or("", |ip| ip.as_str());
        let synthetic = [
            "198.18.",
            "198.19.",
            "198.51.100.",
            "203.0.113.",
            "10.1.0.",
            "24",
        ];
        let synthetic = synthetic.iter().any(|range| address.starts_with(range));
        let v6 = address.starts_with("2001:db8:") || address.starts_with("3fff:");
        let system = arrival.record.event.kind() != jwtrail_event::Kind::Decision;
        assert!(
            synthetic || v6 || (address.is_empty() && system),
            "{address}"
        );
        if arrival.record.event == EventName::Heartbeat {
            assert_eq!(address, "");
        }
    }
}
