//! An outage is one alert, and an attack within it another.

use jwtrail_event::{Reason, Record, Trust};
use serde_json::Value;

use crate::quarantine::until;
use crate::support::{Bench, Hook, PlainClient, decision, lines, now, reused};
use crate::webhook::{configure, to};

#[test]
fn an_outage_is_told_once_and_an_attack_within_it_by_itself() {
    let hook = Hook::listen("127.0.0.1:0".parse().unwrap());
    let client = PlainClient::default();
    let outputs = || configure(vec![to("hook", hook.address)], &client);
    let bench = Bench::start_with(outputs());
    // Thirty clients try their tokens five times each, the whole crowd once before the next round.
    let mut records: Vec<Record<'static>> = Vec::new();
    for round in 0..5_u32 {
        for client in 0..30_u32 {
            records.push(refused(round, client));
        }
    }
    bench.post(&lines(&records));
    let all = || {
        let all = bench
            .fresh()
            .get("/api/v1/alerts?state=all&limit=1000")
            .json();
        all["alerts"].as_array().unwrap().clone()
    };
    let of = |rule: &str| -> Vec<Value> {
        all()
            .into_iter()
            .filter(|alert| alert["rule"] == rule)
            .collect()
    };
    until(|| of("token-repeated-rejections").len() == 30);
    let service = of("reason-surge");
    assert_eq!(service.len(), 1, "{service:?}");
    assert_eq!(service[0]["key"]["display"], "orders-api, unknown_key");
    for part in of("token-repeated-rejections") {
        assert_eq!(part["part_of"], service[0]["id"], "{part}");
    }

    // A thief makes use of the noise.
    bench.post(&lines(&[reused(5 * 30, at(100), "stolen", "nina")]));
    let told = hook.wait_for(2);
    let told: Vec<_> = told
        .iter()
        .map(|one| one.json()["alert"]["rule"].clone())
        .collect();
    assert_eq!(told, ["reason-surge", "refresh-reused"]);

    let open = bench
        .fresh()
        .get("/api/v1/alerts?state=open&limit=1000")
        .json();
    assert_eq!(open["alerts"].as_array().unwrap().len(), 2, "{open}");
    let overview = bench.fresh().get("/api/v1/overview?minutes=60").json();
    let counts = overview["open_alerts"].as_object().unwrap();
    assert_eq!(
        counts.values().filter_map(Value::as_u64).sum::<u64>(),
        2,
        "{counts:?}"
    );

    // Neither a crash nor a restart makes pages of the parts.
    let bench = bench.crash(outputs()).restart(outputs());
    let open = bench
        .fresh()
        .get("/api/v1/alerts?state=open&limit=1000")
        .json();
    assert_eq!(open["alerts"].as_array().unwrap().len(), 2, "{open}");
    // What was delivered just before the crash may come again, under the same key.
    let told = hook.wait_for(2);
    let told = told
        .iter()
        .map(|one| one.header("x-jwtrail-idempotency-key"));
    let told: std::collections::BTreeSet<_> = told.collect();
    assert_eq!(told.len(), 2, "{told:?}");
}

fn refused(round: u32, client: u32) -> Record<'static> {
    let id = u128::from(round * 30 + client);
    let mut record = decision(id, at(round), false);
    record.trust = Trust::None;
    record.reason = Some(Reason::UnknownKey);
    record.token_jti = None;
    record.token_sub = None;
    record.token_iss = None;
    record.token_fp = Some(format!("k1:{client:032x}").into());
    record.client_ip = Some(format!("198.51.100.{client}").into());
    record
}

fn at(second: u32) -> jwtrail_event::Timestamp {
    now().plus_micros(i64::from(second) * 1_000_000 - 200_000_000)
}
