//! Connections that break, fall silent, or mix up replies.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use reissue::store::{Advanced, Store};
use reissue_redis::{RedisStore, RedisStoreErrorKind as Kind};

use super::proxy::{Proxy, Replies};
use super::server::Server;
use super::{family, generation, kind, rotation, sid, subject, until_ok};

async fn through_a_proxy() -> (Server, Proxy, RedisStore) {
    let server = Server::start();
    let proxy = Proxy::before(server.port).await;
    let store = RedisStore::connect(proxy.url());
    let store = store.build().expect("a good URL");
    store.create(family(sid(1))).await.expect("it serves");
    (server, proxy, store)
}

#[tokio::test]
async fn a_lost_reply_advances_once() {
    let (_server, proxy, store) = through_a_proxy().await;
    for from in 0..5 {
        proxy.set(Replies::DropOne);
        let advanced = store.advance(rotation(sid(1), from)).await;
        assert_eq!(advanced.ok(), Some(Advanced::Done), "from {from}");
        assert_eq!(generation(&store, sid(1)).await, from + 1);
    }
    assert_eq!(proxy.connections.load(Ordering::SeqCst), 6);
}

#[tokio::test]
async fn a_reply_to_another_request_closes_the_connection() {
    let (_server, proxy, store) = through_a_proxy().await;
    store.create(family(sid(2))).await.expect("it serves");
    store.advance(rotation(sid(2), 0)).await.expect("it serves");
    assert_eq!(generation(&store, sid(2)).await, 1);
    let load = async |number| store.load(subject(), sid(number)).await;
    let mut mismatches = 0;
    for _ in 0..200 {
        proxy.set(Replies::DuplicateOne);
        let (one, two) = tokio::join!(load(1), load(2));
        for (expected, loaded) in [(0, one), (1, two)] {
            match loaded {
                Ok(record) => assert_eq!(record.expect("it lives").generation, expected),
                Err(error) => {
                    assert_eq!(kind::<()>(Err(error)), Kind::MismatchedReply);
                    mismatches += 1;
                }
            }
        }
        proxy.set(Replies::Pass);
        // What was sent twice may still be on its way.
        if let Err(error) = load(1).await {
            assert_eq!(kind::<()>(Err(error)), Kind::MismatchedReply);
            mismatches += 1;
            assert_eq!(generation(&store, sid(1)).await, 0, "a new connection");
        }
    }
    assert!(mismatches > 0);
    let connections = proxy.connections.load(Ordering::SeqCst);
    assert!((2..=mismatches + 1).contains(&connections), "it was closed");
}

#[tokio::test]
async fn a_silent_connection_is_replaced_within_two_seconds() {
    let (_server, proxy, store) = through_a_proxy().await;
    proxy.set(Replies::BlackHole);
    let start = Instant::now();
    let advance = async || store.advance(rotation(sid(1), 0)).await;
    assert_eq!(kind(advance().await), Kind::Timeout);
    until_ok(advance, Duration::from_secs(2)).await;
    assert!(start.elapsed() < Duration::from_secs(2));
    assert_eq!(generation(&store, sid(1)).await, 1, "exactly once");
}

#[tokio::test]
async fn a_killed_server_that_comes_back_is_found_again() {
    let mut server = Server::with(&["--appendonly", "yes", "--appendfsync", "always"]);
    let store = server.store();
    store.create(family(sid(1))).await.expect("it serves");
    store.advance(rotation(sid(1), 0)).await.expect("it serves");
    server.restart();
    let advanced = until_ok(
        async || store.advance(rotation(sid(1), 1)).await,
        Duration::from_secs(5),
    )
    .await;
    assert_eq!(advanced, Advanced::Done);
    let replayed = store.advance(rotation(sid(1), 0)).await;
    assert!(
        matches!(replayed, Ok(Advanced::Conflict(_))),
        "reuse is seen after a restart"
    );
}

#[tokio::test]
async fn too_many_at_once_are_turned_away() {
    let (server, proxy, _) = through_a_proxy().await;
    let store = RedisStore::connect(proxy.url()).with_concurrency(2);
    let store = store.build().expect("a good URL");
    store.create(family(sid(1))).await.expect("it serves");
    proxy.set(Replies::BlackHole);
    let waiting: Vec<_> = (0..6)
        .map(|from| {
            let store = store.clone();
            tokio::spawn(async move { store.advance(rotation(sid(1), from)).await })
        })
        .collect();
    let mut kinds = Vec::new();
    for waiting in waiting {
        kinds.push(kind(waiting.await.expect("no panic")));
    }
    let count = |kind| kinds.iter().filter(|one| **one == kind).count();
    assert!(count(Kind::Timeout) >= 2, "{kinds:?}");
    assert!(count(Kind::Overloaded) >= 2, "{kinds:?}");
    assert_eq!(count(Kind::Timeout) + count(Kind::Overloaded), 6);
    drop(server);
}
