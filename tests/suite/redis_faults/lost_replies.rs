//! Replies of rotations that never arrive: each honest refresh advances its session exactly once.

use std::time::Duration;

use reissue_redis::RedisStore;
use reissue_tests::Proxy;
use reissue_tests::honest::Honest;
use reissue_tests::proxy::{Afterwards, named};
use reissue_tests::redis::RedisServer;
use reissue_tests::{report, usual_or_long};
use tokio::time::{sleep, timeout};

use super::Fleet;

#[tokio::test(flavor = "multi_thread")]
async fn lost_replies_on_connections_that_close_advance_once() {
    let (server, proxy, fleet) = start(Duration::from_millis(500));
    let tokens = fleet.login(8).await;
    // The reset takes along what has come and is not read yet, so more than all clients send at
    // once.
    proxy.drop_reply_of(20, Afterwards::Close, named("EVALSHA"));
    let scenario = until_lost(&proxy, 40, usual_or_long(Duration::ZERO, MINUTE));
    let (unharmed, ()) = fleet.endure(&honest(), tokens, scenario).await;
    proxy.heal();
    let (refreshes, lost) = (unharmed.report.refreshes, proxy.faults());
    report(format_args!("{refreshes} refreshes, {lost} replies lost"));
    assert!(refreshes > lost, "all clients went on");
    fleet.assert_advanced_once(&unharmed).await;
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_replies_on_connections_that_fall_silent_advance_once() {
    let (server, proxy, fleet) = start(Duration::from_millis(200));
    let tokens = fleet.login(8).await;
    // Often enough that a new connection falls silent soon: one that is spared for being new keeps
    // everybody waiting.
    proxy.drop_reply_of(60, Afterwards::Silence, named("EVALSHA"));
    let scenario = until_lost(&proxy, 6, usual_or_long(Duration::ZERO, MINUTE));
    let (unharmed, ()) = fleet.endure(&honest(), tokens, scenario).await;
    proxy.heal();
    let (refreshes, lost) = (unharmed.report.refreshes, proxy.faults());
    report(format_args!("{refreshes} refreshes, {lost} replies lost"));
    assert!(refreshes > 100, "all clients went on");
    // A new store, since the last connection of this one may be silent.
    let fleet = fleet.node(store(&server.url(), Duration::from_millis(500)));
    fleet.assert_advanced_once(&unharmed).await;
}

/// Goes on until so many replies were lost, however busy the machine is, and for at least so long.
async fn until_lost(proxy: &Proxy, replies: u64, at_least: Duration) {
    let lost = async {
        sleep(at_least).await;
        while proxy.faults() < replies {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(2 * MINUTE, lost)
        .await
        .expect("the clients refresh");
}

fn start(response_timeout: Duration) -> (RedisServer, Proxy, Fleet) {
    let server = RedisServer::start();
    let proxy = Proxy::start(server.port());
    let fleet = Fleet::over(store(&proxy.url(), response_timeout));
    (server, proxy, fleet)
}

fn store(url: &str, response_timeout: Duration) -> RedisStore {
    let store = RedisStore::builder(url).with_response_timeout(response_timeout);
    store.build().expect("the configuration is good")
}

fn honest() -> Honest {
    Honest::new(Duration::from_secs(20))
}

const MINUTE: Duration = Duration::from_secs(60);
