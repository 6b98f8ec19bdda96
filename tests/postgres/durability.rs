//! What is on which disk when an operation succeeds.

use std::time::Duration;

use bytes::Bytes;
use reissue::store::transfer::Transfer as _;
use reissue::store::{Advance, Consume, Consumed, OneTimeId, Replace, Revision, Revoke, Store};
use reissue_postgres::{PostgresStore, PostgresStoreErrorKind as Kind};
use reissue_tests::postgres::PostgresServer;
use tokio::time::Instant;

use super::harness::{HOUR, build, family, kind, migrated, rotation, sid, subject, until_ok};

/// With the standby gone, neither the revocation of a session that is there nor that of one that is
/// not succeeds; with the standby back, both do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_durable_revocation_waits_for_the_standby() {
    let primary = PostgresServer::start();
    let standby = primary.standby("standby");
    let builder = PostgresStore::builder(primary.url());
    let store = migrated(
        builder
            .clone()
            .with_durable_revocation(Duration::from_millis(500)),
    )
    .await;
    store.create(family(sid(1))).await.expect("it serves");
    store.create(family(sid(2))).await.expect("it serves");
    let unconfigured = store.revoke(subject(), Revoke::One(sid(9))).await;
    assert_eq!(kind(unconfigured), Kind::NotDurable, "no standby is named");

    // Other operations do not wait for it.
    primary
        .run("alter role postgres set synchronous_commit = local")
        .await;
    primary.reload_with("synchronous_standby_names = 'standby'");
    let store = build(builder.with_durable_revocation(Duration::from_millis(500)));
    let revoked = until_ok(async || store.revoke(subject(), Revoke::One(sid(9))).await).await;
    assert_eq!(revoked, 0);
    assert_eq!(store.ready().await.expect("it serves"), []);

    standby.pause();
    let consume = Consume {
        id: OneTimeId::derive("https://id.example", "access-token", b"value"),
        lifetime: HOUR,
        is_revocation: true,
    };
    for _ in 0..2 {
        // It exists at first, and then does not any more.
        let begun = Instant::now();
        let revoked = store.revoke(subject(), Revoke::One(sid(1))).await;
        assert_eq!(kind(revoked), Kind::NotDurable);
        assert!(begun.elapsed() < Duration::from_millis(1_500));
        let consumed = store.consume(consume).await;
        assert_eq!(kind(consumed), Kind::NotDurable);
    }
    store
        .advance(rotation(sid(2), 0))
        .await
        .expect("refreshes go on");
    // The commits that were cancelled hold no lock and are in effect.
    until_ok(async || match store.load(subject(), sid(1)).await? {
        None => Ok(()),
        Some(_) => Err(reissue::store::StoreError::new(
            reissue::store::StoreErrorKind::Timeout,
        )),
    })
    .await;
    standby.resume();
    let revoked = until_ok(async || store.revoke(subject(), Revoke::One(sid(1))).await).await;
    assert_eq!(revoked, 0);
    let consumed = until_ok(async || store.consume(consume).await).await;
    assert_eq!(consumed, Consumed::Already);
}

/// A commit that somebody cancels while it waits is reported as success, with a warning. That is no
/// success of a revocation.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wait_that_somebody_cancels_is_no_success() {
    let primary = PostgresServer::builder()
        .config("synchronous_standby_names = 'nobody'")
        .config("synchronous_commit = local")
        .start();
    let builder = PostgresStore::builder(primary.url());
    let store = migrated(builder.with_durable_revocation(Duration::from_secs(20))).await;
    store.create(family(sid(1))).await.expect("it serves");
    let revocation = tokio::spawn({
        let store = store.clone();
        async move { store.revoke(subject(), Revoke::All).await }
    });
    let cancel = "select count(pg_cancel_backend(pid)) from pg_stat_activity \
        where wait_event = 'SyncRep'";
    until_ok(async || match &*primary.value(cancel).await {
        "0" => Err(reissue::store::StoreError::new(
            reissue::store::StoreErrorKind::Timeout,
        )),
        _ => Ok(()),
    })
    .await;
    let revoked = revocation.await.expect("no panic");
    assert_eq!(kind(revoked), Kind::NotDurable);
    assert_eq!(store.load(subject(), sid(1)).await.ok(), Some(None));
}

/// However many revocations wait for a standby that is gone, refreshes have connections.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revocations_that_wait_hold_up_no_refresh() {
    let primary = PostgresServer::builder()
        .config("synchronous_standby_names = 'nobody'")
        .config("synchronous_commit = local")
        .start();
    let builder = PostgresStore::builder(primary.url()).with_connections(4);
    let store = migrated(builder.with_durable_revocation(Duration::from_secs(5))).await;
    store.create(family(sid(200))).await.expect("it serves");
    let mut revocations = tokio::task::JoinSet::new();
    for number in 0..20 {
        let store = store.clone();
        revocations.spawn(async move { store.revoke(subject(), Revoke::One(sid(number))).await });
    }
    let waiting = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'";
    super::harness::until_value(&primary, waiting, "1").await;
    for from in 0..10 {
        let advanced = store.advance(rotation(sid(200), from)).await;
        advanced.expect("refreshes go on");
    }
    revocations.shutdown().await;
}

/// Refreshes alone may be relaxed; whatever the server does by default, the others are not.
#[tokio::test]
async fn each_operation_commits_as_it_must() {
    let server = PostgresServer::builder()
        .config("synchronous_commit = off")
        // Nobody else writes to the disk what a relaxed commit leaves behind.
        .config("wal_writer_delay = 10s")
        .config("wal_writer_flush_after = 1GB")
        .config("autovacuum = off")
        .start();
    let builder = PostgresStore::builder(server.url()).with_connections(1);
    let relaxed = migrated(builder.clone().with_relaxed_refreshes()).await;
    let strict = build(builder);
    let is_on_disk = async || {
        let flushed = "select pg_current_wal_flush_lsn() >= pg_current_wal_insert_lsn()";
        server.value(flushed).await == "t"
    };
    relaxed.create(family(sid(1))).await.expect("it serves");
    assert!(is_on_disk().await, "a login");
    relaxed
        .advance(rotation(sid(1), 0))
        .await
        .expect("it serves");
    assert!(!is_on_disk().await, "a relaxed refresh");
    strict
        .advance(rotation(sid(1), 1))
        .await
        .expect("it serves");
    assert!(is_on_disk().await, "a refresh");
    relaxed
        .advance(rotation(sid(1), 2))
        .await
        .expect("it serves");
    let revision = Revision::ORIGINAL.next(b"others");
    let replace = Replace {
        subject: subject(),
        sid: sid(1),
        revision: Revision::ORIGINAL,
        next: revision,
        details: Bytes::from_static(b"others"),
    };
    relaxed.replace(replace).await.expect("it serves");
    assert!(is_on_disk().await, "a change of the session");
    let advance = |from| Advance {
        revision,
        ..rotation(sid(1), from)
    };
    let exported = relaxed.export(None, 1).await.expect("it serves");
    relaxed.advance(advance(3)).await.expect("it serves");
    assert!(!is_on_disk().await, "a relaxed refresh");
    let imported = relaxed.import_sessions(exported.sessions).await;
    assert_eq!(imported.expect("it serves").changed, 1);
    assert!(is_on_disk().await, "an import");
    relaxed.advance(advance(3)).await.expect("it serves");
    assert!(!is_on_disk().await, "a relaxed refresh");
    relaxed
        .revoke(subject(), Revoke::One(sid(1)))
        .await
        .expect("it serves");
    assert!(is_on_disk().await, "a revocation");
}
