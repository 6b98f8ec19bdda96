//! Connections that break, fall silent, or mix up replies.

use std::time::{Duration, Instant};

use reissue::store::{Advance, Advanced, Attempt, Store};
use reissue_redis::{RedisStore, RedisStoreErrorKind as Kind};
use reissue_tests::Proxy;
use reissue_tests::proxy::{Afterwards, any};
use reissue_tests::redis::RedisServer;
use reissue_tests::resp::RespClient;

use super::harness::{builder, store};
use super::{family, generation, kind, rotation, sid, subject, until_ok};

async fn through_a_proxy() -> (RedisServer, Proxy, RedisStore) {
    let server = RedisServer::start();
    let proxy = Proxy::start(server.port());
    let store = RedisStore::builder(proxy.url());
    let store = store.build().expect("a good URL");
    store.create(family(sid(1))).await.expect("it serves");
    (server, proxy, store)
}

#[tokio::test]
async fn a_lost_reply_advances_once() {
    let (_server, proxy, store) = through_a_proxy().await;
    for from in 0..5 {
        proxy.drop_next_reply(Afterwards::Close, any);
        let advanced = store.advance(rotation(sid(1), from)).await;
        assert_eq!(advanced.ok(), Some(Advanced::Done), "from {from}");
        assert_eq!(generation(&store, sid(1)).await, from + 1);
    }
    assert_eq!(proxy.connections(), 6);
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
        proxy.repeat_next_reply(any);
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
        proxy.heal();
        // What was sent twice may still be on its way.
        if let Err(error) = load(1).await {
            assert_eq!(kind::<()>(Err(error)), Kind::MismatchedReply);
            mismatches += 1;
            assert_eq!(generation(&store, sid(1)).await, 0, "a new connection");
        }
    }
    assert!(mismatches > 0);
    let connections = proxy.connections();
    assert!((2..=mismatches + 1).contains(&connections), "it was closed");
}

#[tokio::test]
async fn a_silent_connection_is_replaced_within_two_seconds() {
    let (_server, proxy, store) = through_a_proxy().await;
    proxy.drop_next_reply(Afterwards::Silence, any);
    let start = Instant::now();
    let advance = async || store.advance(rotation(sid(1), 0)).await;
    assert_eq!(kind(advance().await), Kind::Timeout);
    until_ok(advance, Duration::from_secs(2)).await;
    assert!(start.elapsed() < Duration::from_secs(2));
    assert_eq!(generation(&store, sid(1)).await, 1, "exactly once");
}

#[tokio::test]
async fn a_killed_server_that_comes_back_is_found_again() {
    let server = RedisServer::builder().durable().start();
    let store = store(&server);
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
    let store = RedisStore::builder(proxy.url()).with_concurrency(2);
    let store = store.build().expect("a good URL");
    store.create(family(sid(1))).await.expect("it serves");
    proxy.black_hole_live();
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_flushed_a_hundred_times_a_second_cost_no_error() {
    let server = RedisServer::start();
    let mut client = RespClient::connect(server.port()).expect("it listens");
    let flushes = std::thread::spawn(move || {
        for _ in 0..150 {
            client.call(&["SCRIPT", "FLUSH"]).expect("it responds");
            std::thread::sleep(Duration::from_millis(10));
        }
    });
    let store = store(&server);
    let workers: Vec<_> = (0..8)
        .map(|number| {
            let store = store.clone();
            let sid = sid(number);
            tokio::spawn(async move {
                store.create(family(sid)).await.expect("no error");
                let start = Instant::now();
                let mut from = 0;
                while start.elapsed() < Duration::from_millis(1_500) || from < 100 {
                    let advanced = store.advance(rotation(sid, from)).await;
                    assert_eq!(advanced.expect("no error"), Advanced::Done);
                    from += 1;
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.expect("no panic");
    }
    flushes.join().expect("it was flushed");
}

#[tokio::test]
async fn a_frozen_server_that_thaws_goes_on() {
    let server = RedisServer::start();
    let store = store(&server);
    store.create(family(sid(1))).await.expect("it serves");
    server.stop();
    let start = Instant::now();
    for _ in 0..5 {
        let frozen = store.advance(rotation(sid(1), 0)).await;
        assert_eq!(kind(frozen), Kind::Timeout);
    }
    let waited = start.elapsed();
    assert!(waited < Duration::from_millis(5 * 600), "{waited:?}");
    server.cont();
    let advance = async || store.advance(rotation(sid(1), 0)).await;
    let advanced = until_ok(advance, Duration::from_secs(2)).await;
    assert_eq!(advanced, Advanced::Done);
    assert_eq!(generation(&store, sid(1)).await, 1, "exactly once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_nodes_at_once_one_advances() {
    let server = RedisServer::start();
    let prefix = |_| builder(&server).with_prefix("shared:").build();
    let nodes: Vec<RedisStore> = (0..3).map(prefix).map(|node| node.expect("good")).collect();
    nodes[0].create(family(sid(1))).await.expect("it serves");
    let attempts: Vec<_> = (0..64_u64)
        .map(|number| {
            let node = nodes[usize::try_from(number % 3).expect("small")].clone();
            let advance = Advance {
                attempt: Attempt::from_bytes(number.to_be_bytes()),
                ..rotation(sid(1), 0)
            };
            tokio::spawn(async move { node.advance(advance).await.expect("it serves") })
        })
        .collect();
    let mut winners = 0;
    for attempt in attempts {
        winners += usize::from(attempt.await.expect("no panic") == Advanced::Done);
    }
    assert_eq!(winners, 1);
    assert_eq!(generation(&nodes[2], sid(1)).await, 1);
}
