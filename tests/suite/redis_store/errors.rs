//! What the server refuses, and what is left afterwards.

use std::path::Path;
use std::time::Duration;

use reissue::store::{Advanced, OneTimeId, Store, StoreErrorKind};
use reissue_redis::{RedisStore, RedisStoreErrorKind as Kind};
use reissue_tests::redis::{RedisServer, free_port, wait_until};
use reissue_tests::resp::{RespClient, Value};
use tokio::time::{Instant, sleep};

use super::harness::{builder, store};
use super::{family, generation, kind, rotation, sid, subject, until_ok};

/// A server with a family at generation 1, in a state of which a refresh must fail.
async fn refused(server: &RedisServer, spoil: &[&[&str]], restore: &[&[&str]]) -> Kind {
    let store = store(server);
    store.create(family(sid(1))).await.expect("it serves");
    store.advance(rotation(sid(1), 0)).await.expect("it serves");
    for words in spoil {
        server.cli(words);
    }
    let kind = kind(store.advance(rotation(sid(1), 1)).await);
    assert!(store.ready().await.is_err(), "not ready: {kind:?}");
    for words in restore {
        server.cli(words);
    }
    assert_eq!(generation(&store, sid(1)).await, 1, "unchanged: {kind:?}");
    let advanced = store.advance(rotation(sid(1), 1)).await;
    assert_eq!(advanced.ok(), Some(Advanced::Done), "alive: {kind:?}");
    kind
}

#[tokio::test]
async fn a_server_without_memory_refuses_and_loses_nothing() {
    let server = RedisServer::start();
    let out: &[&str] = &["CONFIG", "SET", "maxmemory", "1"];
    let enough: &[&str] = &["CONFIG", "SET", "maxmemory", "0"];
    assert_eq!(refused(&server, &[out], &[enough]).await, Kind::Oom);
}

#[tokio::test]
async fn a_server_without_memory_still_revokes_and_loads() {
    let server = RedisServer::start();
    let store = store(&server);
    store.create(family(sid(1))).await.expect("it serves");
    server.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    assert_eq!(generation(&store, sid(1)).await, 0);
    let one = reissue::store::Revoke::One(sid(1));
    assert_eq!(store.revoke(subject(), one).await.ok(), Some(1));
}

#[tokio::test]
async fn a_master_that_became_a_replica_does_not_say_what_is_consumed() {
    let (demoted, master) = (RedisServer::start(), RedisServer::start());
    let store = store(&demoted);
    let id = OneTimeId::derive("https://id.example", "access-token", b"value");
    assert_eq!(store.is_consumed(id).await.ok(), Some(false));
    demoted.replica_of(&master);
    assert_eq!(kind(store.is_consumed(id).await), Kind::ReadOnly);
    assert_eq!(kind(store.load(subject(), sid(1)).await), Kind::ReadOnly);
}

#[tokio::test]
async fn a_server_with_too_few_replicas_refuses() {
    let server = RedisServer::start();
    let spoil: &[&str] = &["CONFIG", "SET", "min-replicas-to-write", "1"];
    let restore: &[&str] = &["CONFIG", "SET", "min-replicas-to-write", "0"];
    assert_eq!(
        refused(&server, &[spoil], &[restore]).await,
        Kind::NoReplicas
    );
}

#[tokio::test]
async fn a_server_that_cannot_save_refuses() {
    let server = RedisServer::start();
    let directory = server.cli(&["CONFIG", "GET", "dir"]);
    let directory = directory.lines().nth(1).expect("a name and a value");
    let nowhere = Path::new(directory).join("dump.rdb");
    std::fs::create_dir(nowhere).expect("a directory in the way");
    let spoil: &[&[&str]] = &[&["CONFIG", "SET", "save", "3600 1"], &["BGSAVE"]];
    let store = store(&server);
    store.create(family(sid(1))).await.expect("it serves");
    for words in spoil {
        server.cli(words);
    }
    wait_until("it cannot save", Duration::from_secs(10), || {
        let status = server.info("persistence", "rdb_last_bgsave_status")?;
        (status == "err").then_some(())
    });
    assert_eq!(
        kind(store.advance(rotation(sid(1), 0)).await),
        Kind::Misconf
    );
    server.cli(&["CONFIG", "SET", "save", ""]);
    let advanced = store.advance(rotation(sid(1), 0)).await;
    assert_eq!(advanced.ok(), Some(Advanced::Done));
}

#[tokio::test]
async fn a_server_that_became_a_replica_refuses_to_read_and_write() {
    let server = RedisServer::start();
    let store = store(&server);
    store.create(family(sid(1))).await.expect("it serves");
    server.replica_of_port(free_port());
    assert_eq!(
        kind(store.advance(rotation(sid(1), 0)).await),
        Kind::ReadOnly
    );
    assert_eq!(kind(store.load(subject(), sid(1)).await), Kind::ReadOnly);
    server.cli(&["CONFIG", "SET", "replica-read-only", "no"]);
    server.cli(&["CONFIG", "SET", "replica-serve-stale-data", "no"]);
    // It is not asked at once again.
    let mut told = kind(store.advance(rotation(sid(1), 0)).await);
    let patience = Instant::now() + Duration::from_secs(5);
    while told == Kind::ReadOnly && Instant::now() < patience {
        sleep(Duration::from_millis(10)).await;
        told = kind(store.advance(rotation(sid(1), 0)).await);
    }
    assert_eq!(told, Kind::MasterDown);
    server.promote();
    let load = async || store.load(subject(), sid(1)).await;
    let record = until_ok(load, Duration::from_secs(5)).await;
    assert_eq!(record.map(|record| record.generation), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_busy_with_a_script_refuses() {
    let server = RedisServer::builder()
        .config("busy-reply-threshold 50")
        .start();
    let store = store(&server);
    store.create(family(sid(1))).await.expect("it serves");
    let mut client = RespClient::connect(server.port()).expect("it listens");
    let patience = client.set_timeout(Duration::from_secs(30));
    patience.expect("a socket has time-outs");
    let busy = std::thread::spawn(move || client.call(&["EVAL", "while true do end", "0"]));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(kind(store.advance(rotation(sid(1), 0)).await), Kind::Busy);
    server.cli(&["SCRIPT", "KILL"]);
    let busy = busy.join().expect("no panic");
    assert!(matches!(busy, Ok(Value::Error(_))), "killed: {busy:?}");
    let advanced = store.advance(rotation(sid(1), 0)).await;
    assert_eq!(advanced.ok(), Some(Advanced::Done));
}

#[tokio::test]
async fn a_wrong_password_is_told_and_not_repeated() {
    let server = RedisServer::builder().password("right").start();
    for (password, expected) in [(None, Kind::NoAuth), (Some("sesame"), Kind::NoAuth)] {
        let builder = RedisStore::builder(format!("redis://127.0.0.1:{}", server.port()));
        let builder = match password {
            Some(password) => builder.with_password(password),
            None => builder,
        };
        let debugged = format!("{builder:?}");
        let store = builder.build().expect("a good configuration");
        let error = store.load(subject(), sid(1)).await.expect_err("it must");
        let told = format!("{error:?} {error} {debugged} {store:?}");
        assert!(!told.contains("sesame"), "{told}");
        assert_eq!(kind::<()>(Err(error)), expected);
    }
    let store = RedisStore::builder(server.url());
    let store = store.build().expect("a good URL");
    assert_eq!(store.load(subject(), sid(1)).await.ok(), Some(None));
}

#[tokio::test]
async fn a_user_without_rights_is_told() {
    let server = RedisServer::start();
    server.cli(&[
        "ACL", "SETUSER", "poor", "on", ">pw", "~*", "+@all", "-hset",
    ]);
    server.cli(&["ACL", "SETUSER", "none", "on", ">pw", "~*", "+ping"]);
    for user in ["poor", "none"] {
        let store = builder(&server).with_username(user).with_password("pw");
        let store = store.build().expect("a good configuration");
        assert_eq!(kind(store.create(family(sid(1))).await), Kind::NoPerm);
    }
}

#[tokio::test]
async fn nobody_there_is_told_at_once_and_forgotten_when_somebody_is() {
    let server = RedisServer::builder().prepare();
    let store = RedisStore::builder(server.url());
    let store = store.build().expect("a good URL");
    for _ in 0..5 {
        let error = store.create(family(sid(1))).await;
        assert_eq!(kind(error), Kind::RefusedConnection);
    }
    server.restart();
    until_ok(
        async || store.create(family(sid(1))).await,
        Duration::from_secs(3),
    )
    .await;
}

#[tokio::test]
async fn what_is_no_record_of_ours_is_corrupt_and_stays() {
    let server = RedisServer::start();
    let store = builder(&server).with_prefix("x:").build().expect("good");
    store.create(family(sid(1))).await.expect("it serves");
    let key = server.cli(&["KEYS", "*"]);
    let field = "\u{1}".repeat(16);
    let future = "\u{80}0123456789";
    let garbage = "\u{1}0123456789";
    for (value, expected) in [
        (future, Kind::FutureRecord),
        (garbage, Kind::UnreadableRecord),
    ] {
        server.cli(&["HSET", &key, &field, value]);
        assert_eq!(kind(store.load(subject(), sid(1)).await), expected);
        assert_eq!(kind(store.advance(rotation(sid(1), 0)).await), expected);
        assert_eq!(kind(store.create(family(sid(1))).await), expected);
        assert_eq!(kind(store.sessions(subject(), None, 9).await), expected);
        let error = store.load(subject(), sid(1)).await.expect_err("it must");
        assert_eq!(error.kind(), StoreErrorKind::Corrupt);
        assert_eq!(server.cli(&["HGET", &key, &field]), value);
        store.create(family(sid(2))).await.expect("others live");
    }
    server.cli(&["HSET", &key, &field, "\u{7f}"]);
    assert!(store.advance(rotation(sid(1), 0)).await.is_err());
    let all = reissue::store::Revoke::AllBut(sid(2));
    assert_eq!(store.revoke(subject(), all).await.ok(), Some(1));

    server.cli(&["DEL", &key]);
    server.cli(&["SET", &key, "something else"]);
    let error = store.load(subject(), sid(1)).await;
    assert_eq!(kind(error), Kind::UnreadableRecord);
}
