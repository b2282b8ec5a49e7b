//! Too many at once: a human has to look.

use jwtrail_monitor::MonitorConfig;
use serde_json::{Value, json};

use super::{decided, entries, outcome, raise, respond};
use crate::quarantine::{events, operator};
use crate::support::{Bench, decision, lines, now, reused};

const RESET: &str = "/api/v1/responses/reset";

fn change(config: &mut MonitorConfig) {
    respond(config, 600, 100);
    config.responses.breaker_least = 2;
}

#[test]
fn it_trips_says_so_and_stays_so_until_an_operator_resets_it() {
    let bench = Bench::start_with(change);
    let event = |id: u128| reused(id, now(), &format!("f-{id}"), &format!("user-{id}"));
    assert_eq!(outcome(&bench, &event(1)), "held");
    assert_eq!(outcome(&bench, &event(2)), "held");
    // Another family of the same subject is no further subject.
    let again = reused(3, now(), "f-3", "user-2");
    assert_eq!(outcome(&bench, &again), "held");
    assert_eq!(halted(&bench), Value::Null);
    assert_eq!(outcome(&bench, &event(4)), "breaker_tripped");
    assert_eq!(entries(&bench).len(), 3);

    let why = halted(&bench);
    assert_eq!([&why["subjects"], &why["limit"]], [3, 2], "{why}");
    assert_eq!(why["rule"], "refresh-reused");
    let id = why["alert"].as_str().unwrap().to_owned();
    let alert = bench.detail(&id);
    assert_eq!(alert["rule"], "responses-halted");
    assert_eq!(
        [&alert["severity"], &alert["status"]],
        [&json!("high"), &json!("open")]
    );

    // Neither a crash nor the hour's end lets it go on.
    let bench = bench.crash(change);
    bench.clock.advance_seconds(7_200);
    let late = |id: u128| {
        let name = format!("user-{id}");
        reused(id, bench.clock_now(), &name, &name)
    };
    assert_eq!(outcome(&bench, &late(5)), "breaker_tripped");
    assert_eq!(halted(&bench)["alert"], id);

    assert_eq!(bench.anonymous().post(RESET, "").status, 401);
    assert_eq!(bench.fresh().post(RESET, "").status, 403, "no header");
    assert_eq!(operator(&bench, "reset").post(RESET, "").status, 204);
    assert_eq!(operator(&bench, "x").post(RESET, "").status, 409);
    assert_eq!(halted(&bench), Value::Null);
    assert_eq!(bench.detail(&id)["status"], "resolved");
    assert_eq!(outcome(&bench, &late(6)), "held");

    let bench = bench.restart(change);
    for (correlation, target, actor) in [
        (&*id, "responses halted", "rule:refresh-reused"),
        ("reset", "responses resumed", "operator"),
    ] {
        let said = events(&bench, correlation, "rules.changed");
        assert_eq!(said.len(), 1, "{correlation}: {said:?}");
        assert_eq!(said[0]["target"], target);
        assert_eq!(said[0]["actor"], actor);
        assert_eq!(said[0]["rule"], "refresh-reused");
    }
    assert_eq!(events(&bench, &id, "alert.raised").len(), 1);
}

#[test]
fn what_was_held_before_a_reset_counts_no_more() {
    let bench = Bench::start_with(change);
    let event = |id: u128| reused(id, now(), &format!("f-{id}"), &format!("user-{id}"));
    for id in 1..=2 {
        assert_eq!(outcome(&bench, &event(id)), "held");
    }
    assert_eq!(outcome(&bench, &event(3)), "breaker_tripped");
    bench.clock.advance_seconds(1);
    assert_eq!(operator(&bench, "x").post(RESET, "").status, 204);
    bench.clock.advance_seconds(1);
    for (id, expected) in [(4, "held"), (5, "held"), (6, "breaker_tripped")] {
        assert_eq!(outcome(&bench, &event(id)), expected, "{id}");
    }
}

#[test]
fn it_goes_by_one_in_a_hundred_of_the_active_subjects() {
    let bench = Bench::start_with(change);
    // The sketch errs by a few in a hundred: 330 subjects allow three, not two and not four.
    let active = (0..330).map(|id| {
        let mut record = decision(1_000 + id, now(), true);
        record.token_sub = Some(format!("active-{id}").into());
        record
    });
    let active: Vec<_> = active.collect();
    bench.post(&lines(&active));
    for (id, expected) in [
        (1, "held"),
        (2, "held"),
        (3, "held"),
        (4, "breaker_tripped"),
    ] {
        let event = reused(id, now(), &format!("f-{id}"), &format!("active-{id}"));
        assert_eq!(outcome(&bench, &event), expected, "{id}");
    }
    assert_eq!(halted(&bench)["limit"], 3);
}

#[test]
fn the_number_of_active_subjects_outlives_a_stop() {
    let bench = Bench::start_with(change);
    let active = (0..330).map(|id| {
        let mut record = decision(1_000 + id, now(), true);
        record.token_sub = Some(format!("active-{id}").into());
        record
    });
    let active: Vec<_> = active.collect();
    bench.post(&lines(&active));
    let alert = raise(&bench, &reused(1, now(), "f-1", "user-1"));
    decided(&bench, &alert);
    let bench = bench.restart(change);
    for id in 2..=3 {
        let event = reused(id, now(), &format!("f-{id}"), &format!("user-{id}"));
        assert_eq!(outcome(&bench, &event), "held", "{id}");
    }
}

fn halted(bench: &Bench) -> Value {
    let status = bench.fresh().get("/api/v1/responses").json();
    status["halted"].clone()
}
