//! What the store on disk must do beyond the conformance suite: live on, and say what is wrong.

use std::sync::Arc;

use crate::support::{batch, positions};
use jwtrail_store::{
    Change, Embedded, Field, Find, Log as _, Options, Placement, Search as _, State as _,
    StoreError, Table,
};

#[test]
fn everything_is_there_after_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let store = Embedded::open(directory.path(), Options::default()).unwrap();
    store.append(batch(1..=9)).wait().unwrap();
    let change = Change::Put(Table::Alert, b"a".to_vec(), b"open".to_vec());
    store.commit(vec![change]).unwrap();
    let usage = store.usage();
    drop(store);

    let store = Embedded::open(directory.path(), Options::default()).unwrap();
    assert_eq!(store.usage(), usage);
    assert_eq!(store.load(Table::Alert, b"a").unwrap().unwrap(), b"open");
    let placed = store.append(batch([9, 10])).wait().unwrap();
    assert_eq!(placed, [Placement::Duplicate(9), Placement::New(10)]);
    let find = Find::By(Field::Sub, "alice".to_owned());
    let page = store.find(&find, None, 3).unwrap();
    assert_eq!(positions(&page.entries), [10, 9, 8]);
}

#[test]
fn a_directory_in_use_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let _first = Embedded::open(directory.path(), Options::default()).unwrap();
    let second = Embedded::open(directory.path(), Options::default()).unwrap_err();
    assert!(matches!(second, StoreError::Locked { .. }), "{second:?}");
    let text = second.to_string();
    assert!(text.contains(directory.path().to_str().unwrap()), "{text}");
    assert!(text.contains("in use by another process"), "{text}");
}

#[test]
fn a_directory_that_cannot_be_made_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().join("data");
    let error = Embedded::open(&path, Options::default()).unwrap_err();
    assert!(matches!(error, StoreError::Unusable { .. }), "{error:?}");
    assert!(
        error.to_string().contains(path.to_str().unwrap()),
        "{error}"
    );
}

#[test]
fn damage_is_reported() {
    let directory = tempfile::tempdir().unwrap();
    drop(Embedded::open(directory.path(), Options::default()).unwrap());
    std::fs::write(directory.path().join("version"), b"FJL\x09").unwrap();
    let error = Embedded::open(directory.path(), Options::default()).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
}

#[test]
fn a_full_disk_refuses_events_but_not_what_readers_made() {
    let directory = tempfile::tempdir().unwrap();
    let full = Options {
        reserve_bytes: u64::MAX,
        ..Options::default()
    };
    let store = Embedded::open(directory.path(), full).unwrap();
    let error = store.append(batch([1])).wait().unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert!(error.is_temporary());
    let change = Change::Put(Table::Alert, b"a".to_vec(), b"open".to_vec());
    store.commit(vec![change]).unwrap();
    drop(store);

    let store = Embedded::open(directory.path(), Options::default()).unwrap();
    assert_eq!(
        store.append(batch([1])).wait().unwrap(),
        [Placement::New(1)]
    );
    assert!(store.load(Table::Alert, b"a").unwrap().is_some());
}

#[test]
fn too_large_a_batch_is_refused_whole() {
    let directory = tempfile::tempdir().unwrap();
    let small = Options {
        max_batch_bytes: 1_000,
        ..Options::default()
    };
    let store = Embedded::open(directory.path(), small).unwrap();
    let error = store.append(batch(1..=9)).wait().unwrap_err();
    assert!(matches!(error, StoreError::TooLarge { .. }), "{error:?}");
    assert!(!error.is_temporary());
    assert_eq!(store.head(), 0);
}

#[test]
fn closing_ends_appends_and_waits() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Embedded::open(directory.path(), Options::default()).unwrap());
    let appends: Vec<_> = (1..=50).map(|id| store.append(batch([id]))).collect();
    drop(store);
    for append in appends {
        append.wait().unwrap();
    }
}

#[cfg(unix)]
#[test]
fn a_new_directory_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("new");
    let _store = Embedded::open(&path, Options::default()).unwrap();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
