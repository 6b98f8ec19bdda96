//! Servers that are gone for a while, frozen, slow, or unheard of.

use std::time::Duration;

use reissue_redis::{RedisStore, RedisStoreErrorKind as Kind};
use reissue_tests::Proxy;
use reissue_tests::honest::Honest;
use reissue_tests::redis::RedisServer;
use tokio::time::sleep;

use super::{Fleet, until_ok};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_under_load_returns_with_everything_it_answered() {
    let server = RedisServer::builder().durable().start();
    let fleet = Fleet::at(server.url());
    let tokens = fleet.login(8).await;
    let scenario = async {
        for _ in 0..3 {
            sleep(Duration::from_millis(500)).await;
            server.kill();
            sleep(Duration::from_millis(200)).await;
            server.restart();
        }
        sleep(Duration::from_millis(500)).await;
    };
    let (unharmed, ()) = fleet.endure(&honest(), tokens, scenario).await;
    assert!(unharmed.report.retries > 0, "clients noticed");
    assert!(unharmed.report.longest < Duration::from_secs(4));
    assert_eq!(fleet.witness.count("Healed"), 0, "nothing was lost");
    fleet.assert_advanced_once(&unharmed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_at_the_start_serves_when_it_comes_up() {
    let server = RedisServer::builder().durable().prepare();
    let fleet = Fleet::at(server.url());
    for _ in 0..20 {
        let denial = fleet.try_login(0).await.err();
        assert_eq!(denial.map(|denial| denial.status().as_u16()), Some(503));
        sleep(Duration::from_millis(10)).await;
    }
    let kinds = fleet.witness.take_kinds();
    assert_eq!(kinds, [Kind::RefusedConnection; 20]);
    server.restart();
    let login = async || fleet.try_login(0).await.map(drop);
    until_ok(Duration::from_secs(5), login).await;

    let tokens = fleet.login(9).await.split_off(1);
    server.kill();
    // A node that starts while Redis is down knows the sessions when it is up.
    let node = fleet.node(RedisStore::builder(server.url()).build().expect("good"));
    let scenario = async {
        sleep(Duration::from_secs(1)).await;
        server.restart();
        sleep(Duration::from_millis(1_500)).await;
    };
    let (unharmed, ()) = node.endure(&honest(), tokens, scenario).await;
    assert!(unharmed.report.refreshes >= 8, "{:?}", unharmed.report);
    assert!(unharmed.report.longest < Duration::from_secs(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_freezes_for_two_seconds_goes_on_where_it_was() {
    let server = RedisServer::start();
    let fleet = Fleet::at(server.url());
    let tokens = fleet.login(8).await;
    let scenario = async {
        sleep(Duration::from_millis(300)).await;
        server.stop();
        sleep(Duration::from_secs(2)).await;
        server.cont();
        sleep(Duration::from_secs(1)).await;
    };
    let (unharmed, ()) = fleet.endure(&honest(), tokens, scenario).await;
    assert!(unharmed.report.retries > 0, "clients noticed");
    assert!(unharmed.report.longest < Duration::from_secs(4));
    fleet.assert_advanced_once(&unharmed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_slow_for_five_seconds_makes_clients_wait_and_nothing_else() {
    let (server, proxy, fleet) = behind_a_proxy();
    let tokens = fleet.login(8).await;
    let scenario = async {
        // Less than half of the time-out, since a script that is not known costs two trips.
        proxy.delay(Duration::from_millis(150));
        sleep(Duration::from_millis(1_500)).await;
        let failures = fleet.witness.take_kinds();
        assert_eq!(failures, [], "slower than usual is no failure");
        proxy.delay(Duration::from_millis(800));
        sleep(Duration::from_secs(5)).await;
        proxy.heal();
        sleep(Duration::from_millis(500)).await;
    };
    let (unharmed, ()) = fleet.endure(&honest(), tokens, scenario).await;
    assert!(unharmed.report.retries > 0, "clients noticed");
    assert!(unharmed.report.longest < Duration::from_secs(8));
    fleet.assert_advanced_once(&unharmed).await;
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_in_a_black_hole_are_replaced_within_two_seconds() {
    let (server, proxy, fleet) = behind_a_proxy();
    let tokens = fleet.login(8).await;
    let connections = proxy.connections();
    let scenario = async {
        for _ in 0..2 {
            sleep(Duration::from_millis(300)).await;
            proxy.black_hole_live();
            sleep(Duration::from_secs(2)).await;
        }
    };
    let (unharmed, ()) = fleet.endure(&honest(), tokens, scenario).await;
    let longest = unharmed.report.longest;
    assert!(longest > Duration::from_millis(500), "{longest:?}");
    assert!(longest < Duration::from_secs(2), "{longest:?}");
    assert_eq!(proxy.connections(), connections + 2, "one for each hole");
    fleet.assert_advanced_once(&unharmed).await;
    drop(server);
}

fn behind_a_proxy() -> (RedisServer, Proxy, Fleet) {
    let server = RedisServer::start();
    let proxy = Proxy::start(server.port());
    let fleet = Fleet::at(proxy.url());
    (server, proxy, fleet)
}

fn honest() -> Honest {
    Honest::new(Duration::from_secs(20))
}
