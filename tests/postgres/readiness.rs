//! What `ready` finds.

use std::time::Duration;

use reissue::store::Store;
use reissue_postgres::PostgresStore;
use reissue_tests::postgres::{PostgresServer, own_schema, shared_server};

use super::harness::{build, builder, migrated, store_on, until_value};

async fn codes(store: &PostgresStore) -> Vec<&'static str> {
    let findings = store.ready().await.expect("it serves");
    findings.into_iter().map(|finding| finding.code).collect()
}

#[tokio::test]
async fn a_server_as_it_is_by_default_has_no_findings() {
    let store = migrated(builder()).await;
    assert!(codes(&store).await.is_empty());
}

#[tokio::test]
async fn a_server_that_loses_commits_is_found() {
    let server = PostgresServer::builder().config("fsync = off").start();
    assert_eq!(codes(&store_on(&server).await).await, ["not-durable"]);
    server
        .run("alter role postgres set synchronous_commit = off")
        .await;
    server.reload_with("fsync = on");
    until_value(&server, "show fsync", "on").await;
    let store = build(PostgresStore::builder(server.url()));
    assert_eq!(codes(&store).await, ["not-durable"]);
}

#[tokio::test]
async fn a_missing_standby_is_found_where_revocations_need_one() {
    let store = migrated(builder().with_durable_revocation(Duration::from_millis(100))).await;
    assert_eq!(codes(&store).await, ["replica-missing"]);
}

#[tokio::test]
async fn tables_of_an_earlier_release_are_found() {
    let schema = own_schema();
    let server = shared_server();
    let store = migrated(PostgresStore::builder(server.url()).with_schema(&schema)).await;
    server
        .run(&format!("delete from {schema}.reissue_migration"))
        .await;
    assert_eq!(codes(&store).await, ["schema-behind"]);
}

#[tokio::test]
async fn a_server_that_takes_no_writes_is_found() {
    let server = PostgresServer::start();
    let store = store_on(&server).await;
    assert!(codes(&store).await.is_empty());
    server
        .run("alter role postgres set default_transaction_read_only = on")
        .await;
    let store_after = build(PostgresStore::builder(server.url()));
    assert_eq!(codes(&store_after).await, ["read-only"]);
    assert!(codes(&store).await.is_empty(), "its connection is older");
}
