use std::collections::HashMap;

use proptest::prelude::*;

use super::super::key::KeyHash;
use super::super::quota::MICROS;
use super::*;

/// Room for 8 keys that share a bucket.
fn one_bucket(quota: Quota) -> Table {
    Table::new(quota, 1)
}

fn key(number: u64) -> Key {
    Key(0, number + 1)
}

#[test]
fn a_key_over_its_limit_gives_way_to_nobody() {
    let table = one_bucket(Quota::per_minute(60).burst(2));
    for number in 0..WAYS as u64 {
        table.charge(key(number), 0).unwrap();
        table.charge(key(number), 0).unwrap();
    }
    for number in 100..1_000 {
        assert_eq!(table.charge(key(number), 0), Ok(()));
    }
    assert_eq!(table.untracked(), 900);
    for number in 0..WAYS as u64 {
        assert_eq!(table.charge(key(number), 0), Err(Wait(MICROS)));
        assert_eq!(table.wait(key(number), 0), Some(Wait(MICROS)));
    }
}

#[test]
fn a_key_over_a_limit_of_one_gives_way_to_nobody() {
    let table = one_bucket(Quota::per_minute(60).burst(1));
    for number in 0..100 {
        assert_eq!(table.charge(key(number), 0), Ok(()));
    }
    for number in 0..WAYS as u64 {
        assert!(table.charge(key(number), 0).is_err());
    }
}

#[test]
fn whoever_owes_least_gives_way_to_whoever_owes_as_much() {
    let table = one_bucket(Quota::per_minute(60).burst(10));
    for number in 0..WAYS as u64 {
        table.charge(key(number), 0).unwrap();
    }
    table.charge(key(0), 0).unwrap();
    // Of the seven that owe one charge, one goes; the key that owes two stays.
    table.charge(key(50), 0).unwrap();
    assert_eq!(table.untracked(), 0);
    let mut left = 0;
    while table.charge(key(0), 0).is_ok() {
        left += 1;
    }
    assert_eq!(left, 8);
}

#[test]
fn whoever_owes_least_gives_way_in_whichever_place() {
    for more in 0..WAYS as u64 {
        let table = one_bucket(Quota::per_minute(60).burst(10));
        for number in 0..WAYS as u64 {
            table.charge(key(number), 0).unwrap();
        }
        table.charge(key(more), 0).unwrap();
        table.charge(key(50), 0).unwrap();
        assert_eq!(table.untracked(), 0, "{more}");
    }
}

#[test]
fn nobody_gives_way_to_whoever_owes_less() {
    let table = one_bucket(Quota::per_minute(60).burst(10));
    for number in 0..WAYS as u64 {
        table.charge(key(number), 0).unwrap();
        table.charge(key(number), 0).unwrap();
    }
    for number in 100..200 {
        table.charge(key(number), 0).unwrap();
    }
    assert_eq!(table.untracked(), 100);
    for number in 0..WAYS as u64 {
        let left = (0..20).filter(|_| table.charge(key(number), 0).is_ok());
        assert_eq!(left.count(), 8);
    }
}

#[test]
fn threads_together_pass_no_more_than_one() {
    let table = Table::new(Quota::per_hour(1_000), 1);
    let pass = || {
        let passed = (0..1_000).filter(|_| table.charge(key(0), 0).is_ok());
        passed.count()
    };
    let passed: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(pass)).collect();
        let passed = threads.into_iter().map(|thread| thread.join().unwrap());
        passed.sum()
    });
    assert_eq!(passed, 1_000);
}

#[test]
fn who_owes_nothing_any_more_makes_room() {
    let table = one_bucket(Quota::per_minute(60).burst(1));
    for number in 0..WAYS as u64 {
        table.charge(key(number), 0).unwrap();
    }
    table.charge(key(50), MICROS).unwrap();
    assert_eq!(table.untracked(), 0);
    assert_eq!(table.charge(key(50), MICROS), Err(Wait(MICROS)));
}

#[test]
fn a_refund_gives_one_charge_back() {
    let table = one_bucket(Quota::per_minute(60).burst(1));
    table.charge(key(0), 0).unwrap();
    table.refund(key(0));
    table.refund(key(1));
    assert_eq!(table.wait(key(0), 0), None);
    assert_eq!(table.charge(key(0), 0), Ok(()));
    assert_eq!(table.charge(key(0), 0), Err(Wait(MICROS)));
}

#[test]
fn a_refund_gives_one_charge_back_of_several() {
    let table = one_bucket(Quota::per_minute(60).burst(3));
    for _ in 0..3 {
        table.charge(key(0), 0).unwrap();
    }
    table.refund(key(0));
    assert_eq!(table.charge(key(0), 0), Ok(()));
    assert_eq!(table.charge(key(0), 0), Err(Wait(MICROS)));
}

#[test]
fn a_table_has_room_for_as_many_keys_as_asked_for_and_few_more() {
    for capacity in [1, 128, 129, 1_000, 65_536] {
        let table = Table::new(Quota::per_second(1), capacity);
        let shards = table.shards.iter();
        let places: usize = shards.map(|shard| shard.lock().unwrap().len() * WAYS).sum();
        assert!(
            (capacity..capacity + SHARDS * WAYS).contains(&places),
            "{places} for {capacity}"
        );
    }
}

#[test]
fn keys_are_spread_over_all_places() {
    let table = Table::new(Quota::per_hour(1).burst(1), 16_384);
    let hash = KeyHash::random().unwrap();
    for number in 0..8_192 {
        let key = hash.subject("a", &number.to_string());
        table.charge(key, 0).unwrap();
    }
    // Half of the places are asked for: hardly a bucket is too small.
    assert!(table.untracked() < 800, "{}", table.untracked());
}

proptest! {
    /// Against one exact cell for each key: nobody is refused who may pass, and who was
    /// refused stays so until their time, whatever others do.
    #[test]
    fn it_refuses_only_whom_exact_cells_refuse(
        steps in prop::collection::vec((0_u64..24, 0_i64..400_000), 1..400),
        burst in 1_u32..5,
    ) {
        let quota = Quota::per_minute(60).burst(burst);
        let (table, gcra) = (one_bucket(quota), Gcra::new(quota));
        let mut exact: HashMap<u64, i64> = HashMap::new();
        let mut closed: HashMap<u64, i64> = HashMap::new();
        let mut now = 0;
        for (number, pause) in steps {
            now += pause;
            let before = *exact.get(&number).unwrap_or(&i64::MIN);
            let wait = table.wait(key(number), now);
            let charged = table.charge(key(number), now);
            prop_assert_eq!(wait, charged.err());
            prop_assert!(wait.is_none() || table.may_be_closed(now));
            if let Err(Wait(wait)) = charged {
                // The exact cell counts what was let through, so it owes no less.
                prop_assert!(gcra.closed_until(before) > now);
                let until = closed.entry(number).or_insert(now + wait);
                if *until <= now {
                    *until = now + wait;
                }
                prop_assert_eq!(*until, now + wait);
            } else {
                if let Some(until) = closed.get(&number) {
                    prop_assert!(*until <= now, "{} was lifted", number);
                }
                let interval = gcra.charge(i64::MIN, 0).unwrap();
                exact.insert(number, before.max(now) + interval);
            }
        }
    }
}
