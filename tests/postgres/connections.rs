//! Connections that break, stall and are used again.

use std::time::Duration;

use reissue::store::{Advanced, Store};
use reissue_postgres::{PostgresStore, PostgresStoreErrorKind};
use reissue_tests::postgres::{own_schema, shared_server};
use tokio::time::Instant;

use super::harness::{
    build, builder, family, generation, kind, migrated, rotation, sid, store, until_value,
};

/// An operation that waits for a lock fails in time, and its statement does not stay behind.
#[tokio::test]
async fn an_operation_that_waits_too_long_is_cancelled() {
    let server = shared_server();
    let schema = own_schema();
    let builder = PostgresStore::builder(server.url()).with_schema(&schema);
    let store = migrated(builder).await;
    store.create(family(sid(1))).await.expect("it serves");
    let holder = server.client().await;
    holder
        .batch_execute(&format!(
            "begin; select * from {schema}.reissue_session for update"
        ))
        .await
        .expect("nobody else has it");

    let begun = Instant::now();
    let advanced = store.advance(rotation(sid(1), 0)).await;
    assert_eq!(kind(advanced), PostgresStoreErrorKind::Timeout);
    let took = begun.elapsed();
    assert!((450..900).contains(&took.as_millis()), "{took:?}");
    let waiting = format!(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' \
        and query like '%{schema}%' and application_name = 'reissue'"
    );
    until_value(server, &waiting, "0").await;
    holder.batch_execute("commit").await.expect("it ends");
    assert_eq!(
        generation(&store, sid(1)).await,
        0,
        "cancelled is cancelled"
    );
    let advanced = store.advance(rotation(sid(1), 0)).await;
    assert_eq!(advanced.expect("it serves"), Advanced::Done);
}

/// Whoever hangs up leaves the connection to the next, and the operation takes effect.
#[tokio::test]
async fn operations_that_are_dropped_cost_no_connection() {
    let server = shared_server();
    let builder = builder().with_connections(2);
    let store = migrated(builder).await;
    store.create(family(sid(1))).await.expect("it serves");
    let of_us = "select count(*) from pg_stat_activity where application_name = 'dropped'";
    for from in 0..50 {
        let advance = store.advance(rotation(sid(1), from));
        let dropped = tokio::time::timeout(Duration::ZERO, advance).await;
        drop(dropped);
        let again = store.advance(rotation(sid(1), from)).await;
        assert_eq!(again.expect("it serves"), Advanced::Done);
    }
    assert_eq!(server.value(of_us).await, "0");
    assert_eq!(generation(&store, sid(1)).await, 50);
}

#[tokio::test]
async fn a_connection_that_the_server_ended_is_replaced_unnoticed() {
    let server = shared_server();
    let schema = own_schema();
    let url = format!("{}?application_name={schema}", server.url());
    let store = migrated(PostgresStore::builder(url).with_schema(&schema)).await;
    store.create(family(sid(1))).await.expect("it serves");
    for from in 0..3 {
        server
            .run(&format!(
                "select pg_terminate_backend(pid, 1000) from pg_stat_activity \
                where application_name = '{schema}'"
            ))
            .await;
        let advanced = store.advance(rotation(sid(1), from)).await;
        assert_eq!(advanced.expect("it serves"), Advanced::Done);
    }
}

/// Each of two runtimes has connections of its own.
#[test]
fn a_store_outlives_the_runtime_that_it_was_used_in() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime")
    };
    let store = runtime().block_on(async {
        let store = store().await;
        store.create(family(sid(1))).await.expect("it serves");
        store
    });
    runtime().block_on(async {
        let advanced = store.advance(rotation(sid(1), 0)).await;
        assert_eq!(advanced.expect("it serves"), Advanced::Done);
    });
}

#[test]
fn what_cannot_be_used_is_denied_when_the_store_is_built() {
    let builder = || PostgresStore::builder("postgres://app:s3cret@localhost/db");
    build(builder());
    for (builder, key) in [
        (PostgresStore::builder("postgres://"), "url"),
        (builder().with_connections(0), "connections"),
        (builder().with_connections(1_001), "connections"),
        (
            builder().with_response_timeout(Duration::ZERO),
            "response timeout",
        ),
        (
            builder().with_connect_timeout(Duration::from_secs(61)),
            "connect timeout",
        ),
        (
            builder().with_durable_revocation(Duration::ZERO),
            "durable revocation",
        ),
        (builder().with_schema(""), "schema"),
        (
            PostgresStore::builder(
                "postgres://app:s3cret@localhost/db?sslmode=verify-full&sslrootcert=/nothing",
            ),
            "sslrootcert",
        ),
    ] {
        let error = builder.build().expect_err(key);
        assert_eq!(error.key(), key);
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }
}
