//! Clients that hang up, nodes that restart, and several nodes on one Redis.

use std::sync::Arc;
use std::time::Duration;

use reissue::{Denial, Policy};
use reissue_redis::RedisStore;
use reissue_tests::honest::{Honest, Outcome};
use reissue_tests::redis::RedisServer;
use reissue_tests::{Engine, ManualClock, report};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::Fleet;
use super::fleet::successor;

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_hang_up_at_any_moment_can_still_refresh() {
    let server = RedisServer::start();
    let fleet = Fleet::at(server.url());
    let mut tokens = fleet.login(16).await;
    let mut clients = JoinSet::new();
    for (number, mut token) in tokens.drain(..).enumerate() {
        let fleet = fleet.clone();
        clients.spawn(async move {
            let mut seed = number as u64 + 1;
            let mut answered = 0;
            for _ in 0..REQUESTS {
                // A linear congruential generator: any spread of moments will do.
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let patience = Duration::from_micros((seed >> 33) % 1_500);
                match timeout(patience, fleet.refresh(&token)).await {
                    Ok(Outcome::Refreshed(newer)) => {
                        token = newer;
                        answered += 1;
                    }
                    Ok(other) => panic!("{other:?}"),
                    Err(_) => {}
                }
            }
            (number, token, answered)
        });
    }
    let mut tokens = vec![String::new(); 16];
    let mut answered = 0;
    for (number, token, count) in clients.join_all().await {
        tokens[number] = token;
        answered += count;
    }
    let total = REQUESTS * 16;
    report(format_args!("{answered} of {total} were answered"));
    assert!((1..total).contains(&answered), "{answered} of {total}");
    let honest = Honest::new(Duration::from_secs(10));
    let scenario = sleep(Duration::from_millis(100));
    let (unharmed, ()) = fleet.endure(&honest, tokens, scenario).await;
    for (number, token) in unharmed.report.tokens.iter().enumerate() {
        let token = token.as_deref().expect("nobody was logged out");
        let record = fleet.record(number).await.expect("the session lives");
        assert_eq!(fleet.engine.generation_of(token), record.generation);
    }
    assert_eq!(unharmed.report.retries, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn reuse_is_seen_by_a_node_that_started_after_the_rotation() {
    let server = RedisServer::start();
    let store = || RedisStore::builder(server.url()).build().expect("good");
    let policy = Policy::builder()
        .with_grace(Duration::from_millis(300))
        .build();
    let policy = policy.expect("a good policy");
    let engine = Engine::over(store(), &ManualClock::default(), |server| {
        server.with_policy(policy)
    });
    let stolen = engine.login().await;
    let current = engine.successor(&stolen).await;
    let mut restarted = engine.clone();
    restarted.store = store();
    let restarted = restarted.twin();
    drop(engine);
    let retried = restarted.successor(&stolen).await;
    assert_eq!(restarted.generation_of(&retried), 1, "within grace");
    sleep(Duration::from_millis(400)).await;
    let reused = restarted.refresh(&stolen).await;
    assert_eq!(reused.err(), Some(Denial::TokenReused));
    for token in [current, retried] {
        let dead = restarted.refresh(&token).await;
        assert_eq!(dead.err(), Some(Denial::SessionMissing));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_nodes_answer_sixty_four_requests_at_once_with_one_advance() {
    for count in [2, 3] {
        let server = RedisServer::start();
        // The machine may be busy, and each request must be answered.
        let store = || {
            let store = RedisStore::builder(server.url()).with_response_timeout(PATIENCE);
            store.build().expect("good")
        };
        let first = Fleet::over(store());
        let mut nodes = vec![first.clone()];
        nodes.extend((1..count).map(|_| first.node(store())));
        let mut token = first.login(1).await.remove(0);
        for round in 1..=5 {
            let barrier = Arc::new(Barrier::new(64));
            let mut requests = JoinSet::new();
            for number in 0..64 {
                let node = nodes[number % count].engine.clone();
                let (token, barrier) = (token.clone(), barrier.clone());
                requests.spawn(async move {
                    barrier.wait().await;
                    node.refresh(&token).await
                });
            }
            for response in requests.join_all().await {
                token = successor(&response.expect("all are answered"));
                assert_eq!(first.engine.generation_of(&token), round);
            }
            let record = first.record(0).await.expect("the session lives");
            assert_eq!(record.generation, round, "one advance");
        }
        let total = |name| nodes.iter().map(|node| node.witness.count(name)).sum();
        let (refreshed, retried): (usize, usize) = (total("Refreshed"), total("Retried"));
        assert_eq!((refreshed, retried), (5, 5 * 63));
    }
}

/// Of each client: together 10,000.
const REQUESTS: u32 = 625;
const PATIENCE: Duration = Duration::from_secs(20);
