//! Refreshes at the same time, and futures that are dropped.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::stores::{Store, on_each_state};
use crate::support::{at, is_good, issue, refresh, sessions, sessions_on, wait_for};
use crate::yielding::Yielding;
use futures_util::FutureExt as _;
use jwtrail_session::{MemoryState, RefreshKind};
use proptest::prelude::*;

on_each_state! {
    a_hundred_refreshes_at_once_give_one_successor_and_no_alarm,
}

fn a_hundred_refreshes_at_once_give_one_successor_and_no_alarm(store: &dyn Store) {
    let sessions = Arc::new(sessions(store));
    let issued = issue(&sessions, 0);
    let start = Arc::new(tokio::sync::Barrier::new(100));
    let refreshes = (0..100).map(|_| {
        let (sessions, start) = (Arc::clone(&sessions), Arc::clone(&start));
        let token = issued.refresh_token.clone();
        async move {
            start.wait().await;
            sessions.refresh(token.expose(), "web", at(1)).await
        }
    });
    let threads = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap();
    let running: Vec<_> = refreshes.map(|refresh| threads.spawn(refresh)).collect();
    let answers = threads.block_on(futures_util::future::join_all(running));
    let answers: Vec<_> = answers
        .into_iter()
        .map(|task| task.unwrap().unwrap())
        .collect();

    let successor = answers[0].refresh_token.expose();
    assert!(
        answers
            .iter()
            .all(|one| one.refresh_token.expose() == successor)
    );
    let rotated = answers
        .iter()
        .filter(|one| one.kind == RefreshKind::Rotated);
    assert_eq!(rotated.count(), 1);
    assert!(
        answers
            .iter()
            .all(|one| is_good(&sessions, &one.access.claims, 1))
    );
    let next = refresh(&sessions, successor, "web", 2).unwrap();
    assert_eq!(next.access.claims.family.unwrap().generation, 3);
}

#[test]
fn a_client_that_goes_away_at_any_point_keeps_its_session() {
    let mut dropped_after_swap = false;
    for polls in 0..20 {
        let memory = Arc::new(MemoryState::new());
        let slow = sessions_on(Arc::new(Yielding(Arc::clone(&memory))));
        let sessions = sessions_on(memory);
        let issued = issue(&sessions, 0);

        let mut lost = Box::pin(slow.refresh(issued.refresh_token.expose(), "web", at(1)));
        let mut context = Context::from_waker(Waker::noop());
        let finished = (0..polls).any(|_| lost.poll_unpin(&mut context).is_ready());
        drop(lost);

        let again = refresh(&sessions, issued.refresh_token.expose(), "web", 5).unwrap();
        assert!(is_good(&sessions, &again.access.claims, 5));
        let next = refresh(&sessions, again.refresh_token.expose(), "web", 6).unwrap();
        assert_eq!(next.kind, RefreshKind::Rotated);
        assert_eq!(next.access.claims.family.unwrap().generation, 3);
        dropped_after_swap |= !finished && again.kind == RefreshKind::Replayed;
        if finished {
            assert!(
                dropped_after_swap,
                "no drop fell between the swap and the answer"
            );
            return;
        }
    }
    panic!("the refresh never finished");
}

proptest! {
    /// However the steps of several refreshes interleave: one rotation, one successor.
    #[test]
    fn any_interleaving_of_refreshes_gives_one_successor(
        order in proptest::collection::vec(0_usize..5, 0..100),
    ) {
        let memory = Arc::new(MemoryState::new());
        let sessions = sessions_on(Arc::new(Yielding(Arc::clone(&memory))));
        let issued = issue(&sessions_on(memory), 0);
        let token = issued.refresh_token.expose();
        let mut running: Vec<_> = (0..5)
            .map(|_| Some(Box::pin(sessions.refresh(token, "web", at(1)))))
            .collect();
        let mut answers = Vec::new();
        let mut context = Context::from_waker(Waker::noop());
        // The given order first, then whatever is left until all are done.
        let rest = std::iter::repeat_n(0..5, 100).flatten();
        for index in order.into_iter().chain(rest) {
            let Some(future) = &mut running[index] else { continue };
            if let Poll::Ready(answer) = future.poll_unpin(&mut context) {
                answers.push(answer.unwrap());
                running[index] = None;
            }
        }
        prop_assert_eq!(answers.len(), 5);
        let rotated = answers.iter().filter(|one| one.kind == RefreshKind::Rotated);
        prop_assert_eq!(rotated.count(), 1);
        let successor = answers[0].refresh_token.expose();
        prop_assert!(answers.iter().all(|one| one.refresh_token.expose() == successor));
    }

    /// A theft noticed while the honest client refreshes: whatever the order, in the end
    /// nothing of the family is good.
    #[test]
    fn reuse_wins_over_a_refresh_in_flight(order in proptest::collection::vec(0_usize..2, 0..40)) {
        let memory = Arc::new(MemoryState::new());
        let slow = sessions_on(Arc::new(Yielding(Arc::clone(&memory))));
        let sessions = sessions_on(memory);
        let first = issue(&sessions, 0);
        let second = refresh(&sessions, first.refresh_token.expose(), "web", 1).unwrap();
        let third = refresh(&sessions, second.refresh_token.expose(), "web", 2).unwrap();
        let tokens = [first.refresh_token.expose(), third.refresh_token.expose()];
        let mut running = tokens.map(|token| Some(Box::pin(slow.refresh(token, "web", at(3)))));
        let mut answers = [None, None];
        let mut context = Context::from_waker(Waker::noop());
        for index in order.into_iter().chain([0, 1].repeat(40)) {
            let Some(future) = &mut running[index] else { continue };
            if let Poll::Ready(answer) = future.poll_unpin(&mut context) {
                answers[index] = Some(answer);
                running[index] = None;
            }
        }
        let [Some(thief), Some(honest)] = answers else { panic!("both finish") };
        prop_assert!(thief.unwrap_err().is_reuse());
        if let Ok(refreshed) = honest {
            prop_assert!(!is_good(&sessions, &refreshed.access.claims, 3));
            let next = wait_for(sessions.refresh(refreshed.refresh_token.expose(), "web", at(3)));
            prop_assert!(next.is_err());
        }
    }
}
