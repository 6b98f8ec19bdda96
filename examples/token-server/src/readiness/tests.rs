use std::pin::pin;
use std::task::{Context, Poll, Waker};

use reissue_tests::{Endpoint, Fault, Verb};

use super::*;

#[tokio::test(start_paused = true)]
async fn many_who_ask_at_once_are_one_question() {
    let (endpoint, readiness) = subject();
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let readiness = readiness.clone();
        asking.spawn(async move { readiness.report().await });
    }
    for report in asking.join_all().await {
        assert_eq!(report.status, StatusCode::OK);
    }
    assert_eq!(endpoint.store.take_calls(), [Verb::Ready]);
}

#[tokio::test(start_paused = true)]
async fn the_store_is_asked_once_a_second() {
    let (endpoint, readiness) = subject();
    for _ in 0..1_000 {
        readiness.report().await;
        tokio::time::advance(Duration::from_millis(10)).await;
    }
    assert_eq!(endpoint.store.take_calls(), [Verb::Ready; 10]);
}

#[tokio::test(start_paused = true)]
async fn hanging_up_does_not_ask_again() {
    let (endpoint, readiness) = subject();
    for _ in 0..100 {
        assert!(poll_once(readiness.report()).is_pending());
    }
    assert_eq!(readiness.report().await.status, StatusCode::OK);
    assert_eq!(endpoint.store.take_calls(), [Verb::Ready]);
}

#[tokio::test(start_paused = true)]
async fn a_question_that_takes_longer_than_a_second_is_not_repeated() {
    let (endpoint, readiness) = subject();
    endpoint.store.plan(Fault::HangBefore);
    for _ in 0..10 {
        assert!(poll_once(readiness.report()).is_pending());
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    assert_eq!(endpoint.store.take_calls(), [Verb::Ready]);
}

#[tokio::test(start_paused = true)]
async fn it_follows_the_store_within_a_second() {
    let (endpoint, readiness) = subject();
    let mut seen = Vec::new();
    for fault in [None, Some(Fault::Before), None] {
        if let Some(fault) = fault {
            endpoint.store.plan(fault);
        }
        seen.push(readiness.report().await.status.as_u16());
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    assert_eq!(seen, [200, 503, 200]);
}

fn subject() -> (Endpoint, Readiness) {
    let endpoint = Endpoint::new();
    let readiness = Readiness::new(endpoint.server.clone());
    (endpoint, readiness)
}

/// Polls a future, and drops it.
fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}
