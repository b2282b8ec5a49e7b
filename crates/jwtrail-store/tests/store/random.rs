//! Whatever is done in whatever order: the store on disk says what the model says, and goes
//! on saying it after it was opened again.

use std::time::Duration;

use jwtrail_event::Timestamp;
use jwtrail_store::{
    Change, Embedded, Field, Find, Log as _, Options, Retention, Scan, Search as _, State as _,
    Table,
};
use proptest::prelude::*;

use crate::support::batch;
use crate::support::model::Model;

#[derive(Clone, Debug)]
enum Step {
    Append(Vec<u8>),
    RetainBytes(u16),
    RetainAge(u8),
    Put(u8, u8),
    Remove(u8),
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => prop::collection::vec(any::<u8>(), 0..12).prop_map(Step::Append),
        1 => any::<u16>().prop_map(Step::RetainBytes),
        1 => any::<u8>().prop_map(Step::RetainAge),
        2 => (0..6_u8, any::<u8>()).prop_map(|(key, value)| Step::Put(key, value)),
        1 => (0..6_u8).prop_map(Step::Remove),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_disk_agrees_with_the_model(steps in steps()) {
        let directory = tempfile::tempdir().unwrap();
        let open = || Embedded::open(directory.path(), Options::default()).unwrap();
        let (mut disk, model) = (open(), Model::default());
        let now = Timestamp::from_seconds(256);
        for step in steps {
            match step {
                Step::Append(ids) => {
                    let ids: Vec<u128> = ids.into_iter().map(u128::from).collect();
                    let placed = disk.append(batch(ids.clone())).wait().unwrap();
                    prop_assert_eq!(placed, model.append(batch(ids)).wait().unwrap());
                }
                Step::RetainBytes(most) => {
                    let max_bytes = Some(u64::from(most));
                    let keep = Retention { max_bytes, max_age: None };
                    prop_assert_eq!(disk.retain(keep, now).unwrap(), model.retain(keep, now).unwrap());
                }
                Step::RetainAge(seconds) => {
                    let max_age = Some(Duration::from_secs(seconds.into()));
                    let keep = Retention { max_bytes: None, max_age };
                    prop_assert_eq!(disk.retain(keep, now).unwrap(), model.retain(keep, now).unwrap());
                }
                Step::Put(key, value) => {
                    let change = || vec![Change::Put(Table::Alert, vec![key], vec![value])];
                    disk.commit(change()).unwrap();
                    model.commit(change()).unwrap();
                }
                Step::Remove(key) => {
                    let change = || vec![Change::Remove(Table::Alert, vec![key])];
                    disk.commit(change()).unwrap();
                    model.commit(change()).unwrap();
                }
                Step::Reopen => {
                    drop(disk);
                    disk = open();
                }
            }
        }
        prop_assert_eq!(disk.usage(), model.usage());
        prop_assert_eq!(disk.read(0, 9_999).unwrap(), model.read(0, 9_999).unwrap());
        for find in [Find::All, Find::By(Field::Jti, "jti-1".into())] {
            let page = disk.find(&find, None, 5).unwrap();
            prop_assert_eq!(page, model.find(&find, None, 5).unwrap());
        }
        let all = Scan::all(Table::Alert);
        prop_assert_eq!(disk.scan(&all).unwrap(), model.scan(&all).unwrap());
    }
}
