//! How the tables come into the database.

use reissue::store::Store;
use reissue_postgres::{PostgresStore, PostgresStoreErrorKind};
use reissue_tests::postgres::{own_schema, shared_server};
use tokio::task::JoinSet;

use super::harness::{build, builder, family, kind, sid};

#[tokio::test]
async fn several_nodes_migrate_at_once() {
    let builder = builder();
    let mut nodes = JoinSet::new();
    for _ in 0..8 {
        let store = build(builder.clone());
        nodes.spawn(async move { store.migrate().await });
    }
    for migrated in nodes.join_all().await {
        migrated.expect("one creates the tables, the others wait");
    }
    let store = build(builder);
    store.migrate().await.expect("there is nothing to do");
    store
        .create(family(sid(1)))
        .await
        .expect("the tables are there");
}

/// What an administrator applies is what the store finds, and names the same migrations.
#[tokio::test]
async fn the_schema_for_administrators_is_enough() {
    let schema = own_schema();
    let server = shared_server();
    let script = include_str!("../../crates/reissue-postgres/schema.sql");
    let script = format!("create schema {schema}; set search_path to {schema}; {script}");
    server.run(&script).await;
    let store = build(PostgresStore::builder(server.url()).with_schema(&schema));
    store
        .create(family(sid(1)))
        .await
        .expect("the tables are there");
    store.migrate().await.expect("there is nothing to do");
    assert_eq!(store.ready().await.expect("it serves"), []);
}

#[tokio::test]
async fn a_database_without_tables_is_an_error_of_its_own() {
    let store = build(builder());
    let created = store.create(family(sid(1))).await;
    assert_eq!(kind(created), PostgresStoreErrorKind::Schema);
    assert_eq!(kind(store.ready().await), PostgresStoreErrorKind::Schema);
    store
        .migrate()
        .await
        .expect("the superuser may create tables");
    store.create(family(sid(1))).await.expect("it serves now");
}

/// Two releases side by side: the tables of a later release have more columns.
#[tokio::test]
async fn a_column_that_a_later_release_adds_is_no_obstacle() {
    let schema = own_schema();
    let server = shared_server();
    let builder = PostgresStore::builder(server.url()).with_schema(&schema);
    for is_prepared in [false, true] {
        let mut builder = builder.clone();
        if is_prepared {
            builder = builder.with_prepared_statements();
        }
        let store = build(builder);
        store
            .migrate()
            .await
            .expect("the superuser may create tables");
        let sid = sid(u8::from(is_prepared));
        store.create(family(sid)).await.expect("it serves");
        store
            .advance(super::harness::rotation(sid, 0))
            .await
            .expect("it serves");
        server
            .run(&format!(
                "alter table {schema}.reissue_session add column later{is_prepared} integer"
            ))
            .await;
        for from in 1..4 {
            let advance = super::harness::rotation(sid, from);
            let advanced = store.advance(advance).await.expect("it serves");
            assert_eq!(advanced, reissue::store::Advanced::Done);
        }
        let record = store.load(super::harness::subject(), sid).await;
        assert_eq!(record.expect("it serves").expect("it lives").generation, 4);
    }
}
