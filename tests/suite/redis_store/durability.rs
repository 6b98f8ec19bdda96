//! Revocations that must reach a replica.

use std::time::Duration;

use reissue::store::{Consume, Consumed, OneTimeId, Revoke, Store};
use reissue_redis::RedisStoreErrorKind as Kind;
use reissue_tests::redis::RedisServer;

use super::harness::builder;
use super::{family, kind, sid, subject, until_ok};

#[tokio::test]
async fn a_revocation_waits_for_its_replicas() {
    let master = RedisServer::start();
    let replica = RedisServer::start();
    replica.replica_of(&master);
    let store = builder(&master)
        .with_durable_revocation(1, Duration::from_millis(500))
        .build()
        .expect("a good configuration");
    for number in 1..=4 {
        store.create(family(sid(number))).await.expect("it serves");
    }
    until_ok(
        async || store.revoke(subject(), Revoke::One(sid(1))).await,
        Duration::from_secs(10),
    )
    .await;
    let revoked = store.revoke(subject(), Revoke::AllBut(sid(4))).await;
    assert_eq!(revoked.expect("one replica has it"), 2);

    replica.stop();
    let revoked = store.revoke(subject(), Revoke::One(sid(4))).await;
    assert_eq!(kind(revoked), Kind::NotDurable);
    assert_eq!(store.load(subject(), sid(4)).await.ok(), Some(None));
    let again = store.revoke(subject(), Revoke::One(sid(4))).await;
    assert_eq!(kind(again), Kind::NotDurable, "nothing left to remove");
    let again = store.revoke(subject(), Revoke::All).await;
    assert_eq!(kind(again), Kind::NotDurable);

    replica.cont();
    let again = until_ok(
        async || store.revoke(subject(), Revoke::One(sid(4))).await,
        Duration::from_secs(5),
    )
    .await;
    assert_eq!(again, 0);
}

#[tokio::test]
async fn a_revoked_token_waits_for_its_replicas_too() {
    let master = RedisServer::start();
    let replica = RedisServer::start();
    replica.replica_of(&master);
    let store = builder(&master)
        .with_durable_revocation(1, Duration::from_millis(500))
        .build()
        .expect("a good configuration");
    let consume = |value: &[u8], is_revocation| Consume {
        id: OneTimeId::derive("https://id.example", "access-token", value),
        lifetime: Duration::from_secs(600),
        is_revocation,
    };
    until_ok(
        async || store.consume(consume(b"1", true)).await,
        Duration::from_secs(10),
    )
    .await;

    replica.stop();
    let revoked = store.consume(consume(b"2", true)).await;
    assert_eq!(kind(revoked), Kind::NotDurable);
    let again = store.consume(consume(b"2", true)).await;
    assert_eq!(kind(again), Kind::NotDurable, "nothing left to write");
    let code = store.consume(consume(b"3", false)).await;
    assert_eq!(code.ok(), Some(Consumed::First), "no revocation");

    replica.cont();
    let again = until_ok(
        async || store.consume(consume(b"2", true)).await,
        Duration::from_secs(5),
    )
    .await;
    assert_eq!(again, Consumed::Already);
    let key = master.cli(&["KEYS", "*:c:*"]);
    let key = key.lines().next().expect("a key of an id");
    let left: i64 = master.cli(&["PTTL", key]).parse().expect("a time to live");
    assert!((500_000..=600_000).contains(&left), "{left} ms are left");
}
