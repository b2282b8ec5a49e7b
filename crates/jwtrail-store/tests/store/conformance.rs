//! What every store must do. A new implementation gets one line in `stores!`.

mod log;
mod retention;
mod search;
mod state;

use std::path::Path;
use std::sync::Arc;

use jwtrail_store::{Embedded, Options};

use crate::support::Store;
use crate::support::model::Model;

pub(crate) type Subject = Arc<dyn Store>;

fn embedded(path: &Path) -> Subject {
    Arc::new(Embedded::open(path, Options::default()).unwrap())
}

fn model(_: &Path) -> Subject {
    Arc::new(Model::default())
}

macro_rules! stores {
    ($($store:ident)+) => {
        stores!(@each [$($store)+]
            log::positions_count_from_one
            log::an_event_has_one_place
            log::producers_do_not_share_ids
            log::reading_goes_on_where_it_ended
            log::waiting_ends_with_the_next_event
            log::many_appends_at_once_lose_nothing
            search::events_are_found_by_each_field
            search::pages_cover_everything_once
            search::values_are_told_apart
            retention::retention_by_size
            retention::retention_by_age
            retention::what_is_removed_is_not_found
            state::state_changes_hold_together
            state::scans_keep_to_their_bounds
        );
    };
    (@each $stores:tt $($group:ident::$case:ident)+) => {
        $(stores!(@case $group $case $stores);)+
    };
    (@case $group:ident $case:ident [$($store:ident)+]) => {
        mod $case {
            $(#[test]
            fn $store() {
                let directory = tempfile::tempdir().unwrap();
                super::$group::$case(&super::$store(directory.path()));
            })+
        }
    };
}

stores!(embedded model);
