//! What Redis refuses: a 503 with a typed source for the operator, nothing changed, nothing lost.

use std::thread;
use std::time::{Duration, Instant};

use reissue_redis::{RedisStore, RedisStoreErrorKind as Kind};
use reissue_tests::honest::Outcome;
use reissue_tests::redis::{RedisServer, free_port, wait_until};
use reissue_tests::resp::{RespClient, Value};
use tokio::time::sleep;

use super::refused::{PASSWORD, Refused, USER};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_out_of_memory_is_503_and_the_session_lives() {
    let mut refused = Refused::start().await;
    refused.ask(&["CONFIG", "SET", "maxmemory", "1"]);
    refused.is_told(Kind::Oom).await;
    refused.ask(&["CONFIG", "SET", "maxmemory", "0"]);
    refused.is_alive().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_save_is_503_and_the_session_lives() {
    let mut refused = Refused::start().await;
    let dir = refused.ask(&["CONFIG", "GET", "dir"]).text();
    let dir = dir.lines().nth(1).expect("a name and a value");
    std::fs::create_dir(format!("{dir}/dump.rdb")).expect("a directory in the way");
    refused.ask(&["CONFIG", "SET", "save", "3600 1"]);
    refused.ask(&["BGSAVE"]);
    wait_until("saving fails", Duration::from_secs(10), || {
        let status = refused.server.info("persistence", "rdb_last_bgsave_status");
        (status? == "err").then_some(())
    });
    refused.is_told(Kind::Misconf).await;
    refused.ask(&["CONFIG", "SET", "stop-writes-on-bgsave-error", "no"]);
    refused.is_alive().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_too_few_replicas_is_503_and_the_session_lives() {
    let mut refused = Refused::start().await;
    refused.ask(&["CONFIG", "SET", "min-replicas-to-write", "1"]);
    refused.is_told(Kind::NoReplicas).await;
    refused.ask(&["CONFIG", "SET", "min-replicas-to-write", "0"]);
    refused.is_alive().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_is_503_and_the_session_lives_when_it_is_master_again() {
    let mut refused = Refused::start().await;
    let nobody = free_port().to_string();
    refused.ask(&["REPLICAOF", "127.0.0.1", &nobody]);
    refused.is_told(Kind::ReadOnly).await;
    refused.ask(&["CONFIG", "SET", "replica-read-only", "no"]);
    refused.ask(&["CONFIG", "SET", "replica-serve-stale-data", "no"]);
    refused.comes_to(Kind::MasterDown).await;
    refused.is_told(Kind::MasterDown).await;
    refused.ask(&["REPLICAOF", "NO", "ONE"]);
    refused.is_alive().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_server_is_503_and_the_session_lives() {
    let mut refused = Refused::on(RedisServer::builder().config("busy-reply-threshold 20")).await;
    let mut other = RespClient::connect(refused.server.port()).expect("it listens");
    other.set_timeout(Duration::from_secs(20)).expect("a time");
    let busy = thread::spawn(move || other.call(&["EVAL", "while true do end", "0"]));
    wait_until("it is busy", Duration::from_secs(5), || {
        let reply = refused.server.try_cli(&["PING"]);
        reply.is_err_and(|e| e.starts_with("BUSY")).then_some(())
    });
    refused.is_told(Kind::Busy).await;
    refused.ask(&["SCRIPT", "KILL"]);
    let killed = busy.join().expect("no panic").expect("a reply");
    assert!(matches!(killed, Value::Error(_)), "{killed:?}");
    refused.is_alive().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_is_503_and_the_session_lives() {
    let mut refused = Refused::start().await;
    refused.ask(&["ACL", "SETUSER", USER, "resetpass", ">other"]);
    refused.ask(&["CLIENT", "KILL", "USER", USER]);
    refused.is_told(Kind::NoAuth).await;
    let password = format!(">{PASSWORD}");
    refused.ask(&["ACL", "SETUSER", USER, "resetpass", &password]);
    refused.is_alive().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_suddenly_asked_for_is_503_and_the_session_lives() {
    let mut refused = Refused::start().await;
    let store = RedisStore::builder(refused.server.url()).build();
    refused.fleet = refused.fleet.node(store.expect("the URL is good"));
    assert!(refused.fleet.record(0).await.is_some(), "connected");
    refused.ask(&["CONFIG", "SET", "requirepass", "sesame"]);
    refused.ask(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
    refused.is_told(Kind::NoAuth).await;
    refused.ask(&["CONFIG", "SET", "requirepass", ""]);
    refused.is_alive().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_rights_are_503_and_the_session_lives() {
    for (denied, granted) in [
        (["-evalsha", "-eval"], ["+evalsha", "+eval"]),
        (["-hset", "-hget"], ["+hset", "+hget"]),
        (["resetkeys", "~other:*"], ["resetkeys", "~*"]),
    ] {
        let mut refused = Refused::start().await;
        let [one, two] = denied;
        refused.ask(&["ACL", "SETUSER", USER, one, two]);
        refused.is_told(Kind::NoPerm).await;
        let [one, two] = granted;
        refused.ask(&["ACL", "SETUSER", USER, one, two]);
        refused.is_alive().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_loading_is_503_and_the_session_lives() {
    let slowly = RedisServer::builder()
        .config("key-load-delay 1000")
        .config("loading-process-events-interval-bytes 1024");
    let mut refused = Refused::on(slowly).await;
    refused.ask(&["DEBUG", "POPULATE", "1000", "filler", "100"]);
    refused.ask(&["SAVE"]);
    refused.server.kill();
    refused.server.restart_without_waiting();
    let patience = Instant::now() + Duration::from_secs(20);
    let successor = loop {
        match refused.fleet.refresh(&refused.token).await {
            Outcome::Refreshed(successor) => break successor,
            Outcome::Retry => assert!(Instant::now() < patience, "it loads and loads"),
            other => panic!("{other:?}"),
        }
        sleep(Duration::from_millis(20)).await;
    };
    let mut kinds = refused.fleet.witness.take_kinds();
    assert!(kinds.contains(&Kind::Loading), "{kinds:?}");
    kinds.retain(|kind| {
        let before = [Kind::Loading, Kind::RefusedConnection, Kind::ConnectionLost];
        !before.contains(kind)
    });
    assert_eq!(kinds, []);
    assert_eq!(refused.fleet.engine.generation_of(&successor), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_nobody_started_is_503_and_the_session_lives() {
    let mut refused = Refused::on(RedisServer::builder().durable()).await;
    refused.server.kill();
    refused.is_told(Kind::RefusedConnection).await;
    refused.server.restart();
    refused.admin = RespClient::connect(refused.server.port()).expect("it listens");
    refused.is_alive().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_server_is_503_and_the_session_lives() {
    let mut refused = Refused::start().await;
    refused.server.stop();
    refused.is_told(Kind::Timeout).await;
    refused.server.cont();
    // What it was asked while it was frozen it does now, once.
    refused.goes_on().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_a_newer_version_is_503_and_the_session_lives_when_it_can_be_read() {
    let mut refused = Refused::start().await;
    let key = refused.key();
    let held = refused.sessions();
    let [Value::Text(field), Value::Text(record)] = held.elements() else {
        panic!("{held:?}");
    };
    let mut newer = record.to_vec();
    newer[0] += 64;
    for (bytes, told) in [
        (newer, Kind::FutureRecord),
        (b"\x01garbage".to_vec(), Kind::UnreadableRecord),
    ] {
        refused.ask(&[b"HSET".as_slice(), key.as_bytes(), field, &bytes]);
        refused.is_told(told).await;
    }
    refused.ask(&[b"HSET".as_slice(), key.as_bytes(), &field[..], record]);
    refused.is_alive().await;
}
