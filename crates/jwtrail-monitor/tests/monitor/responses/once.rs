//! One alert, one decision: whatever is killed, gone over again, or released.

use std::fs;

use super::{decided, entries, raise, respond};
use crate::quarantine::{API, events, operator};
use crate::support::{Bench, now, reused};

#[test]
fn what_an_operator_released_is_not_held_again_for_the_same_alert() {
    let bench = Bench::start_with(|config| respond(config, 600, 20));
    let alert = raise(&bench, &reused(1, now(), "f-1", "ann"));
    decided(&bench, &alert);
    let id = entries(&bench)[0]["id"].as_str().unwrap().to_owned();
    let released = operator(&bench, "x").send("DELETE", &format!("{API}/{id}"), b"");
    assert_eq!(released.status, 204);

    // More of the same episode, a restart, a crash: the operator has decided.
    let mut stream = bench.client.watch("/api/v1/stream");
    let later = now().plus_micros(1_000_000);
    bench.post(&crate::support::lines([&reused(2, later, "f-1", "ann")]));
    bench.clock.advance_seconds(5);
    while stream.next("alert")["count"] != 2 {}
    let bench = bench.restart(|config| respond(config, 600, 20));
    let bench = bench.crash(|config| respond(config, 600, 20));
    let other = raise(&bench, &reused(9, later, "f-9", "bob"));
    decided(&bench, &other);
    assert_eq!(entries(&bench).len(), 1, "the other one");
    let bench = bench.restart(|config| respond(config, 600, 20));
    assert_eq!(events(&bench, &alert, "quarantine.added").len(), 1);
}

#[test]
fn a_rule_that_may_no_more_leaves_what_it_left() {
    let bench = Bench::start_with(|config| respond(config, 600, 20));
    let alert = raise(&bench, &reused(1, now(), "f-1", "ann"));
    decided(&bench, &alert);
    let bench = bench.restart(|_| {});
    assert_eq!(entries(&bench).len(), 1, "it holds to its end");
    let alert = raise(&bench, &reused(2, now(), "f-2", "bob"));
    assert!(bench.detail(&alert)["responded"].is_null());
    assert!(fs::exists(bench.directory().join("data")).unwrap());
}
