use std::collections::BTreeSet;

use jwtrail_detect::{Alert, EvidenceItem, KeyClass, Severity};
use jwtrail_event::quarantine::{MAX_SERVICES, Target};
use jwtrail_event::{Record, Trust};
use jwtrail_store::Entry;

use super::subject;
use super::withheld::Withheld;
use crate::producers::Producers;
use crate::quarantine::is_protected;

/// What may be held because of an alert, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) target: Target,
    pub(super) services: Vec<String>,
    /// A hash of the decisive event's subject.
    pub(super) subject: Option<String>,
}

/// Judges an alert as it was when a response was due, with the events that it names: its evidence,
/// then its witnesses.
pub(super) fn judge(
    alert: &Alert,
    events: &[Entry],
    producers: &Producers,
    protected: &[String],
) -> Result<Judged, Withheld> {
    if !is_severe(alert) {
        return Err(Withheld::SeverityLow);
    }
    let records: Vec<Record<'_>> = events
        .iter()
        .map(Entry::record)
        .collect::<Result<_, _>>()
        .map_err(|_| Withheld::EvidenceIncomplete)?;
    let decisive = whole(alert, &records)?;
    if records.iter().any(|record| record.trust == Trust::None) {
        return Err(Withheld::NotSigned);
    }
    let target = target(alert, decisive, &records)?;
    let services = services(&records, producers)?;
    let touches = |record: &Record<'_>| {
        let iss = record.token_iss.as_ref().map(|iss| iss.as_str());
        let sub = record.token_sub.as_ref();
        sub.is_some_and(|sub| is_protected(protected, iss, sub.as_str()))
    };
    if records.iter().any(touches) {
        return Err(Withheld::SubjectProtected);
    }
    Ok(Judged {
        target,
        services,
        subject: subject_of(decisive),
    })
}

/// All events that an alert names.
pub(super) fn named(alert: &Alert) -> impl Iterator<Item = &EvidenceItem> {
    alert
        .evidence
        .iter()
        .chain(alert.witnesses.iter().flatten())
}

/// Whether an alert would wake somebody: what is no reason for that is none to lock somebody out.
pub(super) fn is_severe(alert: &Alert) -> bool {
    alert.severity >= Severity::Medium
}

/// The decisive event, if every event is there that made the alert, or one like it.
fn whole<'r, 'e>(alert: &Alert, records: &'r [Record<'e>]) -> Result<&'r Record<'e>, Withheld> {
    let beyond = alert.count > alert.evidence.len() as u64;
    if beyond && alert.witnesses.is_none() {
        return Err(Withheld::TooManyEvents);
    }
    let named = named(alert).map(|item| item.event_id);
    let there = records.iter().map(|record| record.event_id);
    if alert.count < alert.evidence.len() as u64 || !named.eq(there) {
        return Err(Withheld::EvidenceIncomplete);
    }
    let is_decisive = |record: &&Record<'_>| record.event_id.to_string() == alert.decisive_event_id;
    let decisive = records.iter().find(is_decisive);
    decisive.ok_or(Withheld::EvidenceIncomplete)
}

fn target(
    alert: &Alert,
    decisive: &Record<'_>,
    records: &[Record<'_>],
) -> Result<Target, Withheld> {
    let key = &alert.key;
    match alert.key_class {
        KeyClass::Token => match (&key.iss, &key.jti, &key.token_fp) {
            (Some(iss), Some(jti), _) => Ok(Target::Token {
                iss: iss.clone(),
                jti: jti.clone(),
            }),
            (_, _, Some(fingerprint)) => Ok(Target::Fingerprint {
                fingerprint: fingerprint.clone(),
            }),
            _ => Err(Withheld::NoTarget),
        },
        KeyClass::Family => {
            let issuer = decisive.token_iss.as_ref();
            let one = records
                .iter()
                .all(|record| record.token_iss.as_ref() == issuer);
            match (issuer.filter(|_| one), &key.family) {
                (Some(iss), Some(family)) => Ok(Target::Family {
                    iss: iss.as_str().to_owned(),
                    family: family.clone(),
                }),
                _ => Err(Withheld::NoTarget),
            }
        }
        _ => Err(Withheld::NoTarget),
    }
}

/// The services that all who told of it write as: whoever tells lies reaches no other.
fn services(records: &[Record<'_>], producers: &Producers) -> Result<Vec<String>, Withheld> {
    let mut common: Option<BTreeSet<String>> = None;
    let mut asked = BTreeSet::new();
    for record in records {
        let name = record.producer.as_ref().map_or("", |name| name.as_str());
        let service = record.service.as_str();
        if !asked.insert((name, service)) {
            continue;
        }
        let producer = producers.named(name).filter(|producer| producer.native);
        let producer = producer.filter(|producer| producer.writes_as(service));
        let own: BTreeSet<String> = match producer {
            Some(producer) => producer.services().into_iter().collect(),
            None => return Err(Withheld::ProducerNotTrusted),
        };
        common = Some(match common {
            Some(common) => common.intersection(&own).cloned().collect(),
            None => own,
        });
    }
    let common = common.unwrap_or_default();
    if common.is_empty() {
        return Err(Withheld::NoServiceInCommon);
    }
    let seen: BTreeSet<&str> = asked.iter().map(|(_, service)| *service).collect();
    let mut services: Vec<String> = common.into_iter().collect();
    // An entry names so many and no more: those first where it was seen.
    services.sort_by_key(|service| !seen.contains(service.as_str()));
    services.truncate(MAX_SERVICES);
    Ok(services)
}

fn subject_of(record: &Record<'_>) -> Option<String> {
    let iss = record.token_iss.as_ref()?.as_str();
    let sub = record.token_sub.as_ref()?.as_str();
    Some(format!("{:032x}", subject::hash(iss, sub)))
}

#[cfg(test)]
mod tests {
    use jwtrail_event::{EventId, EventName, Outcome, Text, Timestamp};
    use jwtrail_store::{Batch, Embedded, Log as _, Options};

    use super::*;
    use crate::Limits;

    #[test]
    fn the_whole_of_what_it_rests_on_must_be_there_and_vouched_for() {
        let directory = tempfile::tempdir().unwrap();
        let producers = directory.path().join("producers.json");
        let producers = Producers::load(&producers, &[7; 32], Limits::default()).unwrap();
        producers.register("orders", &["orders-api"], true).unwrap();
        let judged = |alert: &Alert, events: &[Entry]| judge(alert, events, &producers, &[]);

        let good = [event(1, Trust::Signed), event(2, Trust::Verified)];
        let events = logged(&good);
        let family = alert(&good, "family", serde_json::json!({ "family": "f" }));
        let held = judged(&family, &events).unwrap();
        assert_eq!(held.target.to_string(), "family:f https://login.example");
        assert_eq!(held.services, ["orders-api"]);
        assert_eq!(
            judged(&family, &events[1..]),
            Err(Withheld::EvidenceIncomplete)
        );
        let mut more = family.clone();
        more.count = 3;
        assert_eq!(judged(&more, &events), Err(Withheld::TooManyEvents));
        more.witnesses = Some(Vec::new());
        assert_eq!(judged(&more, &events), Ok(held));
        more.witnesses = Some(vec![more.evidence[0]]);
        assert_eq!(judged(&more, &events), Err(Withheld::EvidenceIncomplete));
        let mut other = family.clone();
        other.decisive_event_id = EventId::from_u128(9).to_string();
        assert_eq!(judged(&other, &events), Err(Withheld::EvidenceIncomplete));

        let mut quiet = family.clone();
        quiet.severity = Severity::Low;
        assert_eq!(judged(&quiet, &events), Err(Withheld::SeverityLow));

        let unsigned = [event(1, Trust::None), event(2, Trust::Signed)];
        let family = alert(&unsigned, "family", serde_json::json!({ "family": "f" }));
        assert_eq!(
            judged(&family, &logged(&unsigned)),
            Err(Withheld::NotSigned)
        );

        let mut mixed = [event(1, Trust::Signed), event(2, Trust::Signed)];
        mixed[0].token_iss = Some(Text::from("https://other.example"));
        let family = alert(&mixed, "family", serde_json::json!({ "family": "f" }));
        assert_eq!(judged(&family, &logged(&mixed)), Err(Withheld::NoTarget));
        let token = serde_json::json!({ "iss": "https://login.example", "jti": "j" });
        for (class, key, target) in [
            (
                "token",
                token.clone(),
                Some("token:j https://login.example"),
            ),
            (
                "token",
                serde_json::json!({ "token_fp": "k1:0" }),
                Some("fingerprint:k1:0"),
            ),
            ("token", serde_json::json!({}), None),
            ("claimed_token", token, None),
            (
                "subject",
                serde_json::json!({ "iss": "i", "sub": "s" }),
                None,
            ),
        ] {
            let judged = judged(&alert(&good, class, key), &events);
            let named = judged.map(|judged| judged.target.to_string());
            assert_eq!(
                named,
                target.map(str::to_owned).ok_or(Withheld::NoTarget),
                "{class}"
            );
        }
    }

    fn event(id: u128, trust: Trust) -> Record<'static> {
        let time = Timestamp::from_seconds(60);
        let mut record = Record::new(EventName::RefreshReused, Outcome::Failure, time);
        record.event_id = EventId::from_u128((7 << 76) + (2 << 62) + id);
        record.service = Text::from("orders-api");
        record.producer = Some(Text::from("orders"));
        record.trust = trust;
        record.token_iss = Some(Text::from("https://login.example"));
        record
    }

    fn logged(records: &[Record<'_>]) -> Vec<Entry> {
        let directory = tempfile::tempdir().unwrap();
        let options = Options {
            reserve_bytes: 0,
            ..Options::default()
        };
        let store = Embedded::open(directory.path(), options).unwrap();
        let mut batch = Batch::new();
        records.iter().for_each(|record| batch.push(record));
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(store.append(batch)).unwrap();
        store.read(0, 10).unwrap()
    }

    fn alert(records: &[Record<'_>], class: &str, mut key: serde_json::Value) -> Alert {
        key["display"] = "key".into();
        let items = records.iter().zip(1..).map(|(record, position)| {
            serde_json::json!({
                "position": position, "event_id": record.event_id.to_string(), "time": record.time,
            })
        });
        let items: Vec<EvidenceItem> =
            serde_json::from_value(items.collect::<Vec<_>>().into()).unwrap();
        let decisive = records[1].event_id.to_string();
        let time = records[1].time;
        serde_json::from_value(serde_json::json!({
            "id": "0".repeat(32), "settled_id": null, "rule": "r", "rule_version": "1",
            "title": "t", "description": "d", "severity": "high", "status": "open",
            "key_class": class, "key": key, "first_time": time, "last_time": time,
            "raised_at": time, "count": 2, "decisive_event_id": decisive, "evidence": items,
            "services": [], "producer": "orders", "response": "alert",
        }))
        .unwrap()
    }
}
