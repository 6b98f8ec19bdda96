//! Which error is which.

use std::net::TcpListener;
use std::time::Duration;

use reissue::store::Store;
use reissue_postgres::{PostgresStore, PostgresStoreErrorKind as Kind};
use reissue_tests::postgres::{PostgresServer, shared_server};
use reissue_tests::redis::free_port;

use super::harness::{build, builder, family, kind, migrated, rotation, sid, store, store_on};

#[tokio::test]
async fn nobody_who_listens_is_a_refused_connection() {
    let store = build(PostgresStore::builder(format!(
        "postgres://app@127.0.0.1:{}/db",
        free_port()
    )));
    assert_eq!(kind(store.ready().await), Kind::RefusedConnection);
}

#[tokio::test]
async fn one_who_never_answers_is_a_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
    let port = listener.local_addr().expect("it is bound").port();
    let store = build(
        PostgresStore::builder(format!("postgres://app@127.0.0.1:{port}/db"))
            .with_response_timeout(Duration::from_millis(100)),
    );
    assert_eq!(kind(store.ready().await), Kind::Timeout);
}

#[tokio::test]
async fn a_password_that_is_wrong_or_missing_is_told_and_never_shown() {
    let server = PostgresServer::builder()
        .hba("host all app 127.0.0.1/32 scram-sha-256\nhost all postgres 127.0.0.1/32 trust\n")
        .start();
    server.run("create role app login password 's3cret'").await;
    let url = format!("postgres://app@127.0.0.1:{}/postgres", server.port());
    let missing = build(PostgresStore::builder(&url));
    let wrong = build(PostgresStore::builder(&url).with_password("hunter2"));
    for store in [missing, wrong] {
        let error = store.ready().await.expect_err("it is not let in");
        let shown = format!("{error} {error:?} {store:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
        assert_eq!(kind(Err::<(), _>(error)), Kind::Password);
    }
    let shown = format!("{:?}", PostgresStore::builder(&url).with_password("s3cret"));
    assert!(!shown.contains("s3cret"), "{shown}");
    let right = build(PostgresStore::builder(url).with_password("s3cret"));
    assert_eq!(kind(right.ready().await), Kind::Schema, "let in");
    let unknown = server.url().replace("postgres@", "nobody@");
    let unknown = build(PostgresStore::builder(unknown));
    assert_eq!(kind(unknown.ready().await), Kind::Password, "no entry");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_told() {
    let url = format!("{}-is-another", shared_server().url());
    let store = build(PostgresStore::builder(url));
    assert_eq!(kind(store.ready().await), Kind::NoDatabase);
}

#[tokio::test]
async fn a_server_without_a_free_connection_is_told() {
    let server = PostgresServer::start();
    store_on(&server).await;
    server.run("create role app login connection limit 0").await;
    let url = server.url().replace("postgres@", "app@");
    let store = build(PostgresStore::builder(url));
    assert_eq!(kind(store.ready().await), Kind::TooManyConnections);
}

#[tokio::test]
async fn more_than_may_wait_are_denied_at_once() {
    let builder = builder().with_connections(1);
    let store = migrated(builder).await;
    store.create(family(sid(1))).await.expect("it serves");
    let mut calls = tokio::task::JoinSet::new();
    for from in 0..40 {
        let store = store.clone();
        calls.spawn(async move { store.advance(rotation(sid(1), from)).await });
    }
    let results = calls.join_all().await;
    let denied = results.into_iter().filter(Result::is_err).map(kind);
    let denied: Vec<_> = denied.collect();
    assert_eq!(denied, [Kind::Overloaded; 7], "33 may run and wait");
}

#[tokio::test]
async fn a_statement_that_somebody_cancels_is_told() {
    let server = shared_server();
    server
        .run("create role hurried login; alter role hurried set statement_timeout = '50ms'")
        .await;
    let store = store().await;
    let schema = format!("{store:?}");
    let schema = schema.split('"').nth(1).expect("it shows the schema");
    server
        .run(&format!("grant all on all tables in schema {schema} to hurried; grant usage on schema {schema} to hurried"))
        .await;
    store.create(family(sid(1))).await.expect("it serves");
    let url = server.url().replace("postgres@", "hurried@");
    let hurried = build(PostgresStore::builder(url).with_schema(schema));
    let holder = server.client().await;
    holder
        .batch_execute(&format!(
            "begin; lock table {schema}.reissue_session in access exclusive mode"
        ))
        .await
        .expect("nobody else has it");
    let advanced = hurried.advance(rotation(sid(1), 0)).await;
    assert_eq!(kind(advanced), Kind::Cancelled);
    holder.batch_execute("commit").await.expect("it ends");
    hurried
        .advance(rotation(sid(1), 0))
        .await
        .expect("it serves");
}
