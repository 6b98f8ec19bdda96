use std::io::ErrorKind;
use std::time::{Duration, Instant};

use reissue_tests::Proxy;
use reissue_tests::redis::{RedisServer, wait_until};
use reissue_tests::resp::RespClient;

#[test]
fn everything_passes_and_is_counted() {
    let (server, proxy, mut client) = start();
    assert_eq!(client.call(&["SET", "key", "a\r\nb"]).unwrap().text(), "OK");
    assert_eq!(server.cli(&["GET", "key"]), "a\r\nb");
    for _ in 0..100 {
        client.send(&["INCR", "count"]).unwrap();
    }
    for count in 1..=100 {
        assert_eq!(client.receive().unwrap().text(), count.to_string());
    }
    let big = "x".repeat(1 << 20);
    client.call(&["SET", "big", &big]).unwrap();
    assert_eq!(client.call(&["GET", "big"]).unwrap().text(), big);
    assert_eq!(proxy.commands("incr"), 100);
    assert_eq!(proxy.commands("SET"), 2);
    assert_eq!(proxy.commands("DEL"), 0);
    assert_eq!((proxy.connections(), proxy.faults()), (1, 0));
    drop(client);
    wait_until("the connection ends", PATIENCE, || {
        (proxy.open_connections() == 0).then_some(())
    });
}

#[test]
fn delayed_replies_are_late_together_and_what_was_asked_is_done() {
    let (server, proxy, mut client) = start();
    proxy.delay(Duration::from_millis(500));
    let began = Instant::now();
    for _ in 0..10 {
        client.send(&["INCR", "count"]).unwrap();
    }
    wait_until("it is done before it is answered", PATIENCE, || {
        (server.cli(&["GET", "count"]) == "10").then_some(())
    });
    assert!(began.elapsed() < Duration::from_millis(500));
    for _ in 0..10 {
        client.receive().unwrap();
    }
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(500), "{took:?}");
    assert!(took < Duration::from_millis(1_500), "{took:?}");
}

#[test]
fn delayed_commands_are_done_late_though_nobody_waits() {
    let (server, proxy, mut client) = start();
    proxy.delay_commands(Duration::from_millis(300));
    client.send(&["INCR", "count"]).unwrap();
    drop(client);
    assert_eq!(server.cli(&["GET", "count"]), "");
    wait_until("it is done late", PATIENCE, || {
        (server.cli(&["GET", "count"]) == "1").then_some(())
    });
}

#[test]
fn a_healed_proxy_hands_over_what_was_delayed() {
    let (_server, proxy, mut client) = start();
    proxy.delay(Duration::from_secs(3600));
    client.send(&["PING"]).unwrap();
    impatient(&mut client);
    assert!(client.receive().is_err());
    proxy.heal();
    client.set_timeout(PATIENCE).unwrap();
    assert_eq!(client.receive().unwrap().text(), "PONG");
}

#[test]
fn a_black_hole_takes_new_connections_and_answers_none() {
    let (server, proxy, mut client) = start();
    client.call(&["PING"]).unwrap();
    proxy.black_hole();
    let mut newer = RespClient::connect(proxy.port()).unwrap();
    for client in [&mut client, &mut newer] {
        impatient(client);
        client.send(&["INCR", "count"]).unwrap();
        assert!(client.receive().is_err());
    }
    assert_eq!(server.cli(&["GET", "count"]), "");
    proxy.heal();
    client.set_timeout(PATIENCE).unwrap();
    newer.set_timeout(PATIENCE).unwrap();
    client.receive().unwrap();
    newer.receive().unwrap();
    assert_eq!(server.cli(&["GET", "count"]), "2");
}

#[test]
fn a_black_hole_on_live_connections_spares_new_ones() {
    let (_server, proxy, mut client) = start();
    client.call(&["PING"]).unwrap();
    proxy.black_hole_live();
    impatient(&mut client);
    assert!(client.call(&["PING"]).is_err());
    let mut newer = RespClient::connect(proxy.port()).unwrap();
    assert_eq!(newer.call(&["PING"]).unwrap().text(), "PONG");
    assert_eq!(proxy.connections(), 2);
}

#[test]
fn a_reset_ends_live_connections_and_spares_new_ones() {
    let (_server, proxy, mut client) = start();
    client.call(&["PING"]).unwrap();
    proxy.reset();
    let error = client.receive().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    let mut newer = RespClient::connect(proxy.port()).unwrap();
    assert_eq!(newer.call(&["PING"]).unwrap().text(), "PONG");
}

#[test]
fn a_server_that_is_gone_resets_new_connections() {
    let (server, proxy, mut client) = start();
    client.call(&["PING"]).unwrap();
    server.kill();
    assert!(client.call(&["PING"]).is_err());
    let refused = RespClient::connect(proxy.port()).and_then(|mut client| client.call(&["PING"]));
    assert!(refused.is_err());
    server.restart();
    let mut newer = RespClient::connect(proxy.port()).unwrap();
    assert_eq!(newer.call(&["PING"]).unwrap().text(), "PONG");
}

fn start() -> (RedisServer, Proxy, RespClient) {
    let server = RedisServer::start();
    let proxy = Proxy::start(server.port());
    let client = RespClient::connect(proxy.port()).expect("the proxy listens");
    (server, proxy, client)
}

fn impatient(client: &mut RespClient) {
    let timeout = Duration::from_millis(100);
    client.set_timeout(timeout).expect("a time-out above zero");
}

const PATIENCE: Duration = Duration::from_secs(10);
