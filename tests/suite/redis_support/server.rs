use std::panic::catch_unwind;
use std::time::Duration;

use reissue_tests::Proxy;
use reissue_tests::redis::{RedisServer, wait_until};
use reissue_tests::resp::{RespClient, Value};

#[test]
fn a_server_counts_commands_and_knows_its_memory() {
    let server = RedisServer::start();
    assert_eq!(server.command_stats("set"), 0);
    let before = server.used_memory();
    let value = "x".repeat(100_000);
    server.cli(&["SET", "key", &value]);
    server.cli(&["SET", "other", &value]);
    assert_eq!(server.command_stats("SET"), 2);
    assert!(server.used_memory() > before + 200_000);
    assert_eq!(server.cli(&["GET", "key"]), value);
    assert_eq!(server.cli(&["GET", "nothing"]), "");
    let refused = server.try_cli(&["HGET", "key", "field"]);
    assert!(refused.is_err_and(|error| error.starts_with("WRONGTYPE")));
}

#[test]
fn a_killed_server_returns_with_what_it_wrote_to_disk() {
    let server = RedisServer::builder().durable().start();
    server.cli(&["SET", "key", "value"]);
    server.kill();
    assert!(server.try_cli(&["PING"]).is_err());
    server.restart();
    assert_eq!(server.cli(&["GET", "key"]), "value");
}

#[test]
fn a_prepared_server_comes_up_later() {
    let server = RedisServer::builder().prepare();
    assert!(RespClient::connect(server.port()).is_err());
    server.restart();
    assert_eq!(server.cli(&["PING"]), "PONG");
}

#[test]
fn a_stopped_server_answers_when_it_goes_on() {
    let server = RedisServer::start();
    let mut client = RespClient::connect(server.port()).unwrap();
    client.set_timeout(Duration::from_millis(100)).unwrap();
    server.stop();
    assert!(client.call(&["INCR", "key"]).is_err());
    server.cont();
    client.set_timeout(Duration::from_secs(5)).unwrap();
    assert_eq!(client.receive().unwrap().text(), "1");
}

#[test]
fn a_server_ends_with_the_test_that_panics() {
    let server = RedisServer::start();
    let port = server.port();
    let panicked = catch_unwind(move || {
        let _server = server;
        panic!("on purpose");
    });
    assert!(panicked.is_err());
    assert!(RespClient::connect(port).is_err());
}

#[test]
fn a_server_that_does_not_start_says_why() {
    let panicked = catch_unwind(|| RedisServer::builder().config("no-such-option 1").start());
    let text = panicked.expect_err("it cannot start");
    let text = text.downcast_ref::<String>().unwrap();
    assert!(text.contains("no-such-option"), "{text}");
}

#[test]
fn passwords_and_users_are_asked_for() {
    let server = RedisServer::builder()
        .password("secret")
        .user("reader", "on >other ~* +get")
        .start();
    assert_eq!(server.cli(&["SET", "key", "value"]), "OK");
    assert!(server.url().contains(":secret@"));
    let mut client = RespClient::connect(server.port()).unwrap();
    let refused = client.call(&["GET", "key"]).unwrap();
    assert!(refused.text().starts_with("NOAUTH"), "{refused:?}");
    client.call(&["AUTH", "reader", "other"]).unwrap();
    assert_eq!(client.call(&["GET", "key"]).unwrap().text(), "value");
    let refused = client.call(&["DEL", "key"]).unwrap();
    assert!(refused.text().starts_with("NOPERM"), "{refused:?}");
}

#[test]
fn a_server_out_of_memory_refuses_writes() {
    let server = RedisServer::start();
    server.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    let refused = server.try_cli(&["SET", "key", "value"]);
    assert!(refused.is_err_and(|error| error.starts_with("OOM")));
}

#[test]
fn maps_pushes_and_nulls_of_resp3_are_understood() {
    let server = RedisServer::start();
    let mut client = RespClient::connect(server.port()).unwrap();
    let hello = client.call(&["HELLO", "3"]).unwrap();
    assert!(hello.text().contains("proto\n3"), "{hello:?}");
    assert_eq!(client.call(&["GET", "nothing"]).unwrap(), Value::Nil);
    client.call(&["CLIENT", "TRACKING", "ON"]).unwrap();
    client.call(&["GET", "key"]).unwrap();
    server.cli(&["SET", "key", "value"]);
    let push = client.receive().unwrap();
    assert!(matches!(push, Value::Push(_)), "{push:?}");
}

#[test]
fn what_a_frozen_replica_did_not_read_is_lost_with_its_master() {
    let master = RedisServer::start();
    let replica = RedisServer::start();
    replica.replica_of(&master);
    replica.wait_in_sync(&master);
    master.cli(&["SET", "early", "1"]);
    replica.wait_in_sync(&master);
    replica.stop();
    master.fill_replica_links();
    master.cli(&["SET", "late", "1"]);
    master.kill();
    replica.cont();
    wait_until(
        "the replica sees the link go",
        Duration::from_secs(20),
        || {
            let status = replica.info("replication", "master_link_status")?;
            (status == "down").then_some(())
        },
    );
    replica.promote();
    assert_eq!(replica.cli(&["GET", "early"]), "1");
    assert_eq!(replica.cli(&["GET", "late"]), "");
}

#[test]
fn a_replication_link_can_be_black_holed() {
    let master = RedisServer::start();
    let replica = RedisServer::start();
    let link = Proxy::start(master.port());
    replica.replica_of_port(link.port());
    replica.wait_in_sync(&master);
    assert_eq!(link.commands("PSYNC"), 1);
    master.cli(&["SET", "early", "1"]);
    replica.wait_in_sync(&master);
    link.black_hole();
    let mut client = RespClient::connect(master.port()).unwrap();
    client.call(&["SET", "late", "1"]).unwrap();
    assert_eq!(client.call(&["WAIT", "1", "200"]).unwrap().text(), "0");
    assert_eq!(replica.cli(&["GET", "early"]), "1");
    assert_eq!(replica.cli(&["GET", "late"]), "");
    link.heal();
    replica.wait_in_sync(&master);
    assert_eq!(replica.cli(&["GET", "late"]), "1");
}
