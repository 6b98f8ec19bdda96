//! How many connections a server in trouble is met with.

use std::time::Duration;

use reissue::store::Store;
use reissue_redis::{RedisStore, RedisStoreErrorKind as Kind};
use reissue_tests::redis::{RedisServer, free_port};
use reissue_tests::{Proxy, report, usual_or_long};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::{family, kind, rotation, sid, subject};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_slow_but_in_time_keeps_its_connection() {
    for delay in [100, 300, 600] {
        let (_server, proxy, store) = behind_a_proxy(Duration::from_secs(1)).await;
        proxy.delay(Duration::from_millis(delay));
        let (answered, failed) = ask_for(&store, lasts()).await;
        report(format_args!(
            "{delay} ms of 1 s: {answered} answered, {failed} failed"
        ));
        assert!(answered > 0 && failed == 0, "{failed} failed");
        assert_eq!(proxy.connections(), 1);
    }
}

/// No reply is ever in time, so each connection looks silent, and another might be better: one for
/// each two time-outs.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_too_slow_gets_a_connection_for_each_two_time_outs() {
    for (timeout, delay) in [(100, 200), (500, 600), (1_000, 1_200)] {
        let timeout = Duration::from_millis(timeout);
        let (_server, proxy, store) = behind_a_proxy(timeout).await;
        proxy.delay(Duration::from_millis(delay));
        let lasts = lasts();
        let (answered, failed) = ask_for(&store, lasts).await;
        let opened = proxy.connections() - 1;
        report(format_args!(
            "{delay} ms of {timeout:?}: {opened} connections in {lasts:?}, {failed} failed"
        ));
        assert!(answered == 0 && failed > 0, "{answered} answered");
        let silence = timeout.mul_f64(1.9).max(Duration::from_millis(250));
        let most = lasts.div_duration_f64(silence).ceil();
        assert!(
            opened as f64 <= most,
            "{opened} connections, {most} at most"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_everything_is_not_met_with_a_connection_for_each_request() {
    let (server, proxy, store) = behind_a_proxy(Duration::from_millis(500)).await;
    server.replica_of_port(free_port());
    let (_, failed) = ask_for(&store, Duration::from_secs(2)).await;
    let opened = proxy.connections() - 1;
    report(format_args!(
        "a replica: {opened} connections, {failed} failed"
    ));
    assert_eq!(
        kind(store.advance(rotation(sid(1), 0)).await),
        Kind::ReadOnly
    );
    assert!(failed > 100, "{failed}");
    assert!(opened < 20, "{opened} connections for {failed} requests");
}

async fn behind_a_proxy(response_timeout: Duration) -> (RedisServer, Proxy, RedisStore) {
    let server = RedisServer::start();
    let proxy = Proxy::start(server.port());
    let store = RedisStore::builder(proxy.url()).with_response_timeout(response_timeout);
    let store = store.build().expect("a good configuration");
    store.create(family(sid(1))).await.expect("it serves");
    store.load(subject(), sid(1)).await.expect("it serves");
    (server, proxy, store)
}

/// Eight clients that ask again and again: how many responses and how many errors there were.
async fn ask_for(store: &RedisStore, lasts: Duration) -> (u64, u64) {
    let until = Instant::now() + lasts;
    let mut clients = JoinSet::new();
    for _ in 0..8 {
        let store = store.clone();
        clients.spawn(async move {
            let (mut answered, mut failed) = (0, 0);
            while Instant::now() < until {
                match store.load(subject(), sid(1)).await {
                    Ok(_) => answered += 1,
                    Err(_) => failed += 1,
                }
                sleep(Duration::from_millis(5)).await;
            }
            (answered, failed)
        });
    }
    let counts = clients.join_all().await;
    counts
        .into_iter()
        .fold((0, 0), |(a, f), (answered, failed)| {
            (a + answered, f + failed)
        })
}

fn lasts() -> Duration {
    usual_or_long(Duration::from_secs(3), Duration::from_secs(60))
}
