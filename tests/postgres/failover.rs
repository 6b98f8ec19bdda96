//! A primary that is lost, and a standby that is promoted: two hosts in the URL.

use std::time::Duration;

use reissue::store::{Advanced, Store};
use reissue_postgres::{PostgresStore, PostgresStoreErrorKind as Kind};
use reissue_tests::postgres::PostgresServer;
use tokio::time::Instant;

use super::harness::{
    build, family, generation, kind, migrated, rotation, sid, until_ok, until_value,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promoted_standby_is_found() {
    let primary = PostgresServer::start();
    let standby = primary.standby("standby");
    let url = |first: u16, second: u16| {
        format!("postgres://postgres@127.0.0.1:{first},127.0.0.1:{second}/postgres")
    };
    // The standby is the first of the list, and passed over.
    let store = migrated(PostgresStore::builder(url(standby.port(), primary.port()))).await;
    store.create(family(sid(1))).await.expect("it serves");
    for from in 0..3 {
        let advanced = store.advance(rotation(sid(1), from)).await;
        assert_eq!(advanced.expect("it serves"), Advanced::Done);
    }
    let replayed = format!(
        "select pg_last_wal_replay_lsn() >= '{}'",
        primary.value("select pg_current_wal_lsn()").await
    );
    until_value(&standby, &replayed, "t").await;

    primary.kill();
    let advanced = kind(store.advance(rotation(sid(1), 3)).await);
    assert_eq!(advanced, Kind::ReadOnly, "not promoted yet");
    standby.promote();
    let advanced = until_ok(async || store.advance(rotation(sid(1), 3)).await).await;
    assert_eq!(advanced, Advanced::Done);
    assert_eq!(generation(&store, sid(1)).await, 4);
}

/// A server that stands still takes no more than its share of the time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_stands_still_does_not_hide_the_other() {
    let still = PostgresServer::start();
    let server = PostgresServer::start();
    let url = format!(
        "postgres://postgres@127.0.0.1:{},127.0.0.1:{}/postgres",
        still.port(),
        server.port()
    );
    migrated(PostgresStore::builder(server.url())).await;
    still.pause();
    let store = build(PostgresStore::builder(url).with_response_timeout(Duration::from_secs(2)));
    let begun = Instant::now();
    let created = store.create(family(sid(1))).await;
    still.resume();
    created.expect("the other serves");
    assert!(begun.elapsed() < Duration::from_secs(2));
}
