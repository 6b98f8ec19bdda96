//! Stores with schemas of their own, and what most tests start from.

use std::error::Error;
use std::fmt::Debug;
use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use reissue::store::contract;
use reissue::store::{
    Advance, Attempt, Create, Revision, Store, StoreError, StoreErrorKind, SubjectKey,
};
use reissue::{Sid, Timestamp};
use reissue_postgres::{
    PostgresStore, PostgresStoreBuilder, PostgresStoreError, PostgresStoreErrorKind,
};
use reissue_tests::postgres::{PostgresServer, own_schema, shared_server};
use reissue_tests::usual_or_long;
use tokio::time::Instant;
use tokio_postgres::Client;

/// Gives each check of the contract a store of its own, and sleeps, since the clock of a server
/// cannot be stepped.
pub(crate) struct Harness {
    builder: PostgresStoreBuilder,
    clock: Client,
}

impl Harness {
    /// Stores on the server that the tests share.
    pub(crate) async fn new() -> Self {
        Self::with(PostgresStore::builder(shared_server().url())).await
    }

    /// Stores that are built like this, on the server that the tests share.
    pub(crate) async fn with(builder: PostgresStoreBuilder) -> Self {
        // How long a call takes is no part of the contract, and the machine may be busy.
        let builder = builder
            .with_response_timeout(PATIENCE)
            .with_connect_timeout(PATIENCE);
        Self {
            builder,
            clock: shared_server().client().await,
        }
    }
}

impl contract::Harness for Harness {
    type Store = PostgresStore;

    async fn store(&self) -> PostgresStore {
        migrated(self.builder.clone().with_schema(own_schema())).await
    }

    async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    async fn now(&self) -> Timestamp {
        let now = "select floor(date_part('epoch', clock_timestamp()) * 1000 + 0.0005)::bigint";
        let row = self.clock.query_one(now, &[]).await;
        let now: i64 = row.expect("the server has a clock").get(0);
        Timestamp::from_millis(now.try_into().expect("it is after 1970"))
    }

    async fn pause(&self) {
        tokio::task::yield_now().await;
    }

    /// Others in every run.
    fn seeds(&self) -> Range<u64> {
        let first = RandomState::new().hash_one("seeds") >> 1;
        first..first + usual_or_long(12, 2_000)
    }
}

/// A builder of a store with tables of its own, on the server that the tests share.
pub(crate) fn builder() -> PostgresStoreBuilder {
    PostgresStore::builder(shared_server().url()).with_schema(own_schema())
}

/// A store with tables of its own, on the server that the tests share.
pub(crate) async fn store() -> PostgresStore {
    migrated(builder()).await
}

/// A store on a server of the test's own.
pub(crate) async fn store_on(server: &PostgresServer) -> PostgresStore {
    migrated(PostgresStore::builder(server.url())).await
}

/// A store that has its tables.
pub(crate) async fn migrated(builder: PostgresStoreBuilder) -> PostgresStore {
    let store = build(builder);
    store
        .migrate()
        .await
        .expect("the superuser may create tables");
    store
}

pub(crate) fn build(builder: PostgresStoreBuilder) -> PostgresStore {
    builder.build().expect("the configuration is good")
}

pub(crate) fn kind<T: Debug>(result: Result<T, StoreError>) -> PostgresStoreErrorKind {
    let error = result.expect_err("it must fail");
    let source = error.source().expect("a source");
    let source: &PostgresStoreError = source.downcast_ref().expect("a typed source");
    source.kind()
}

pub(crate) fn subject() -> SubjectKey {
    subject_of("alice")
}

pub(crate) fn subject_of(name: &str) -> SubjectKey {
    SubjectKey::derive("https://id.example", name)
}

pub(crate) fn sid(number: u8) -> Sid {
    Sid::from_bytes([number; 16])
}

pub(crate) fn family(sid: Sid) -> Create {
    Create {
        subject: subject(),
        sid,
        idle: Some(HOUR),
        expires_at: None,
        details: Bytes::from_static(b"details"),
        limit: None,
    }
}

pub(crate) fn rotation(sid: Sid, from: u64) -> Advance {
    Advance {
        subject: subject(),
        sid,
        from,
        to: from + 1,
        revision: Revision::ORIGINAL,
        attempt: Attempt::from_bytes(from.to_be_bytes()),
        history: Duration::from_secs(60),
        idle: Some(HOUR),
    }
}

/// Asks until it serves, as clients that got `503` do.
pub(crate) async fn until_ok<T>(mut ask: impl AsyncFnMut() -> Result<T, StoreError>) -> T {
    let patience = Instant::now() + PATIENCE;
    loop {
        match ask().await {
            Ok(response) => return response,
            Err(error) => {
                assert!(Instant::now() < patience, "{error:?} still");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

/// Asks until a query returns that.
pub(crate) async fn until_value(server: &PostgresServer, query: &str, expected: &str) {
    until_ok(async || {
        if server.value(query).await == expected {
            return Ok(());
        }
        Err(StoreError::new(StoreErrorKind::Timeout))
    })
    .await;
}

pub(crate) async fn generation(store: &impl Store, sid: Sid) -> u64 {
    let record = store.load(subject(), sid).await.expect("it serves");
    record.expect("it lives").generation
}

pub(crate) const HOUR: Duration = Duration::from_secs(3_600);

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
