//! What the server refuses, and what is left afterwards.

use std::time::Duration;

use reissue::store::{Advanced, Store, StoreErrorKind};
use reissue_redis::{RedisStore, RedisStoreErrorKind as Kind};

use super::server::{Server, free_port};
use super::{family, generation, kind, rotation, sid, subject, until_ok};

/// A server with a family at generation 1, in a state of which a refresh must fail.
async fn refused(server: &Server, spoil: &[&[&str]], restore: &[&[&str]]) -> Kind {
    let store = server.store();
    store.create(family(sid(1))).await.expect("it serves");
    store.advance(rotation(sid(1), 0)).await.expect("it serves");
    for words in spoil {
        server.ask(words);
    }
    let kind = kind(store.advance(rotation(sid(1), 1)).await);
    assert!(store.ready().await.is_err(), "not ready: {kind:?}");
    for words in restore {
        server.ask(words);
    }
    assert_eq!(generation(&store, sid(1)).await, 1, "unchanged: {kind:?}");
    let advanced = store.advance(rotation(sid(1), 1)).await;
    assert_eq!(advanced.ok(), Some(Advanced::Done), "alive: {kind:?}");
    kind
}

#[tokio::test]
async fn a_server_without_memory_refuses_and_loses_nothing() {
    let server = Server::start();
    let out: &[&str] = &["CONFIG", "SET", "maxmemory", "1"];
    let enough: &[&str] = &["CONFIG", "SET", "maxmemory", "0"];
    assert_eq!(refused(&server, &[out], &[enough]).await, Kind::Oom);
}

#[tokio::test]
async fn a_server_without_memory_still_revokes_and_loads() {
    let server = Server::start();
    let store = server.store();
    store.create(family(sid(1))).await.expect("it serves");
    server.ask(&["CONFIG", "SET", "maxmemory", "1"]);
    assert_eq!(generation(&store, sid(1)).await, 0);
    let one = reissue::store::Revoke::One(sid(1));
    assert_eq!(store.revoke(subject(), one).await.ok(), Some(1));
}

#[tokio::test]
async fn a_server_with_too_few_replicas_refuses() {
    let server = Server::start();
    let spoil: &[&str] = &["CONFIG", "SET", "min-replicas-to-write", "1"];
    let restore: &[&str] = &["CONFIG", "SET", "min-replicas-to-write", "0"];
    assert_eq!(
        refused(&server, &[spoil], &[restore]).await,
        Kind::NoReplicas
    );
}

#[tokio::test]
async fn a_server_that_cannot_save_refuses() {
    let server = Server::start();
    let nowhere = format!("{}", server.directory().join("dump.rdb").display());
    std::fs::create_dir(&nowhere).expect("a directory in the way");
    let spoil: &[&[&str]] = &[&["CONFIG", "SET", "save", "3600 1"], &["BGSAVE"]];
    let store = server.store();
    store.create(family(sid(1))).await.expect("it serves");
    for words in spoil {
        server.ask(words);
    }
    let patience = std::time::Instant::now() + Duration::from_secs(10);
    while server.info("persistence", "rdb_last_bgsave_status") != "err" {
        assert!(
            std::time::Instant::now() < patience,
            "it saves all the same"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(
        kind(store.advance(rotation(sid(1), 0)).await),
        Kind::Misconf
    );
    server.ask(&["CONFIG", "SET", "save", ""]);
    let advanced = store.advance(rotation(sid(1), 0)).await;
    assert_eq!(advanced.ok(), Some(Advanced::Done));
}

#[tokio::test]
async fn a_server_that_became_a_replica_refuses_to_read_and_write() {
    let server = Server::start();
    let store = server.store();
    store.create(family(sid(1))).await.expect("it serves");
    let nobody = free_port().to_string();
    server.ask(&["REPLICAOF", "127.0.0.1", &nobody]);
    assert_eq!(
        kind(store.advance(rotation(sid(1), 0)).await),
        Kind::ReadOnly
    );
    assert_eq!(kind(store.load(subject(), sid(1)).await), Kind::ReadOnly);
    server.ask(&["CONFIG", "SET", "replica-read-only", "no"]);
    server.ask(&["CONFIG", "SET", "replica-serve-stale-data", "no"]);
    assert_eq!(
        kind(store.advance(rotation(sid(1), 0)).await),
        Kind::MasterDown
    );
    server.ask(&["REPLICAOF", "NO", "ONE"]);
    assert_eq!(generation(&store, sid(1)).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_busy_with_a_script_refuses() {
    let server = Server::with(&["--busy-reply-threshold", "50"]);
    let store = server.store();
    store.create(family(sid(1))).await.expect("it serves");
    let port = server.port;
    let busy = std::thread::spawn(move || {
        super::server::Client::connect(port).ask(&["EVAL", "while true do end", "0"]);
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(kind(store.advance(rotation(sid(1), 0)).await), Kind::Busy);
    server.ask(&["SCRIPT", "KILL"]);
    busy.join().expect("the script was killed");
    let advanced = store.advance(rotation(sid(1), 0)).await;
    assert_eq!(advanced.ok(), Some(Advanced::Done));
}

#[tokio::test]
async fn a_wrong_password_is_told_and_not_repeated() {
    let server = Server::with(&["--requirepass", "right"]);
    for (password, expected) in [(None, Kind::NoAuth), (Some("sesame"), Kind::NoAuth)] {
        let builder = RedisStore::connect(server.url());
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
    let url = format!("redis://:right@127.0.0.1:{}", server.port);
    let store = RedisStore::connect(url).build().expect("a good URL");
    assert_eq!(store.load(subject(), sid(1)).await.ok(), Some(None));
}

#[tokio::test]
async fn a_user_without_rights_is_told() {
    let server = Server::start();
    server.ask(&[
        "ACL", "SETUSER", "poor", "on", ">pw", "~*", "+@all", "-hset",
    ]);
    server.ask(&["ACL", "SETUSER", "none", "on", ">pw", "~*", "+ping"]);
    for user in ["poor", "none"] {
        let store = server.builder().with_username(user).with_password("pw");
        let store = store.build().expect("a good configuration");
        assert_eq!(kind(store.create(family(sid(1))).await), Kind::NoPerm);
    }
}

#[tokio::test]
async fn nobody_there_is_told_at_once_and_forgotten_when_somebody_is() {
    let port = free_port();
    let store = RedisStore::connect(format!("redis://127.0.0.1:{port}"));
    let store = store.build().expect("a good URL");
    for _ in 0..5 {
        let error = store.create(family(sid(1))).await;
        assert_eq!(kind(error), Kind::RefusedConnection);
    }
    let _server = Server::on(port, &[]);
    until_ok(
        async || store.create(family(sid(1))).await,
        Duration::from_secs(3),
    )
    .await;
}

#[tokio::test]
async fn what_is_no_record_of_ours_is_corrupt_and_stays() {
    let server = Server::start();
    let store = server.builder().with_prefix("x:").build().expect("good");
    store.create(family(sid(1))).await.expect("it serves");
    let server::Answer::Many(keys) = server.ask(&["KEYS", "*"]) else {
        panic!("no keys");
    };
    let key = keys[0].clone().text();
    let field = "\u{1}".repeat(16);
    let future = "\u{2f}0123456789";
    let garbage = "\u{1}0123456789";
    for (value, expected) in [
        (future, Kind::FutureRecord),
        (garbage, Kind::UnreadableRecord),
    ] {
        server.ask(&["HSET", &key, &field, value]);
        assert_eq!(kind(store.load(subject(), sid(1)).await), expected);
        assert_eq!(kind(store.advance(rotation(sid(1), 0)).await), expected);
        assert_eq!(kind(store.create(family(sid(1))).await), expected);
        assert_eq!(kind(store.sessions(subject(), None, 9).await), expected);
        let error = store.load(subject(), sid(1)).await.expect_err("it must");
        assert_eq!(error.kind(), StoreErrorKind::Corrupt);
        assert_eq!(server.ask(&["HGET", &key, &field]).text(), value);
        store.create(family(sid(2))).await.expect("others live");
    }
    server.ask(&["HSET", &key, &field, "\u{1f}"]);
    assert!(store.advance(rotation(sid(1), 0)).await.is_err());
    let all = reissue::store::Revoke::AllBut(sid(2));
    assert_eq!(store.revoke(subject(), all).await.ok(), Some(1));

    server.ask(&["DEL", &key]);
    server.ask(&["SET", &key, "something else"]);
    let error = store.load(subject(), sid(1)).await;
    assert_eq!(kind(error), Kind::UnreadableRecord);
}

use super::server;
