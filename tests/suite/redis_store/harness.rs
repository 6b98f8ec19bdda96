//! Stores with keys of their own, and the contract on a server's clock.

use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reissue::Timestamp;
use reissue::store::contract;
use reissue_redis::{RedisStore, RedisStoreBuilder};
use reissue_tests::redis::RedisServer;

/// Gives each check a store of its own, and sleeps, since the clock of a server cannot be stepped.
pub(crate) struct Harness<'a> {
    builder: RedisStoreBuilder,
    clock: &'a RedisServer,
}

impl<'a> Harness<'a> {
    /// Stores on this server.
    pub(crate) fn on(server: &'a RedisServer) -> Self {
        Self::with(RedisStore::builder(server.url()), server)
    }

    /// Stores that are built like this, and the server that has their clock.
    pub(crate) fn with(builder: RedisStoreBuilder, clock: &'a RedisServer) -> Self {
        Self { builder, clock }
    }

    pub(crate) fn store(&self) -> RedisStore {
        build(with_own_prefix(self.builder.clone()))
    }
}

impl contract::Harness for Harness<'_> {
    type Store = RedisStore;

    /// How long a call takes is no part of the contract, and the machine may be busy.
    async fn store(&self) -> RedisStore {
        let builder = self.builder.clone();
        let patient = builder
            .with_response_timeout(PATIENCE)
            .with_connect_timeout(PATIENCE);
        build(with_own_prefix(patient))
    }

    async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    async fn now(&self) -> Timestamp {
        let time = self.clock.cli(&["TIME"]);
        let (seconds, micros) = time.split_once('\n').expect("two numbers");
        let number = |text: &str| text.parse::<u64>().expect("a number");
        Timestamp::from_millis(number(seconds) * 1_000 + number(micros) / 1_000)
    }

    async fn pause(&self) {
        tokio::task::yield_now().await;
    }

    /// Others in every run.
    fn seeds(&self) -> Range<u64> {
        let first = RandomState::new().hash_one("seeds") >> 1;
        first..first + 64
    }
}

/// A store with keys of its own.
pub(crate) fn builder(server: &RedisServer) -> RedisStoreBuilder {
    with_own_prefix(RedisStore::builder(server.url()))
}

/// A store with keys of its own.
pub(crate) fn store(server: &RedisServer) -> RedisStore {
    build(builder(server))
}

fn with_own_prefix(builder: RedisStoreBuilder) -> RedisStoreBuilder {
    static STORES: AtomicU32 = AtomicU32::new(0);
    let number = STORES.fetch_add(1, Ordering::Relaxed);
    builder.with_prefix(format!("test{number}:"))
}

fn build(builder: RedisStoreBuilder) -> RedisStore {
    builder.build().expect("the configuration is good")
}

const PATIENCE: Duration = Duration::from_secs(20);
