//! Servers that die, stop and come back.

use std::time::Duration;

use reissue::store::{Advanced, Store};
use reissue_postgres::PostgresStoreErrorKind as Kind;
use reissue_tests::postgres::PostgresServer;
use tokio::time::Instant;

use super::harness::{family, generation, kind, rotation, sid, store_on, until_ok};

/// Everything that was answered is there after a crash.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_answered_is_lost_in_a_crash() {
    let server = PostgresServer::start();
    let store = store_on(&server).await;
    store.create(family(sid(1))).await.expect("it serves");
    let mut from = 0;
    for _ in 0..3 {
        for _ in 0..20 {
            let advanced = store.advance(rotation(sid(1), from)).await;
            assert_eq!(advanced.expect("it serves"), Advanced::Done);
            from += 1;
        }
        server.kill();
        let begun = Instant::now();
        let advanced = kind(store.advance(rotation(sid(1), from)).await);
        assert_eq!(advanced, Kind::RefusedConnection);
        assert!(begun.elapsed() < Duration::from_secs(1));
        server.restart_without_waiting();
        let advanced = until_ok(async || store.advance(rotation(sid(1), from)).await).await;
        assert_eq!(advanced, Advanced::Done);
        from += 1;
        assert_eq!(generation(&store, sid(1)).await, from);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_stopped_in_order_is_told() {
    let server = PostgresServer::start();
    let store = store_on(&server).await;
    store.create(family(sid(1))).await.expect("it serves");
    server.stop();
    let advanced = kind(store.advance(rotation(sid(1), 0)).await);
    assert_eq!(advanced, Kind::RefusedConnection);
    server.restart();
    let advanced = store.advance(rotation(sid(1), 0)).await;
    assert_eq!(advanced.expect("it serves"), Advanced::Done);
}

/// A server that stands still costs each operation its time-out, and nothing after it goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stands_still_holds_up_nobody_for_long() {
    let server = PostgresServer::start();
    let store = store_on(&server).await;
    store.create(family(sid(1))).await.expect("it serves");
    server.pause();
    let begun = Instant::now();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let store = store.clone();
        calls.spawn(async move { kind(store.advance(rotation(sid(1), 0)).await) });
    }
    let kinds = calls.join_all().await;
    let took = begun.elapsed();
    server.resume();
    assert!(took < Duration::from_millis(1_500), "{took:?}");
    for kind in kinds {
        assert!(
            [Kind::Timeout, Kind::Overloaded].contains(&kind),
            "{kind:?}"
        );
    }
    let advanced = until_ok(async || store.advance(rotation(sid(1), 0)).await).await;
    assert_eq!(advanced, Advanced::Done);
    assert_eq!(generation(&store, sid(1)).await, 1);
}
