//! A master that sentinels watch, and ways to lose it.

use std::sync::Arc;

use reissue_tests::redis::{RedisServer, Sentinels};
use tokio::task::spawn_blocking;

/// A master, its replica, and three sentinels.
pub(crate) struct Watched {
    pub(crate) first: Arc<RedisServer>,
    pub(crate) second: Arc<RedisServer>,
    pub(crate) sentinels: Arc<Sentinels>,
}

impl Watched {
    pub(crate) async fn start() -> Self {
        blocking(|| {
            let first = RedisServer::start();
            let second = RedisServer::start();
            second.replica_of(&first);
            second.wait_in_sync(&first);
            let sentinels = Sentinels::start(&first, 1);
            Self {
                first: first.into(),
                second: second.into(),
                sentinels: sentinels.into(),
            }
        })
        .await
    }

    pub(crate) async fn in_sync(&self) {
        let (first, second) = (self.first.clone(), self.second.clone());
        blocking(move || second.wait_in_sync(&first)).await;
    }

    pub(crate) async fn failover(&self) -> u16 {
        let sentinels = self.sentinels.clone();
        blocking(move || sentinels.failover()).await
    }

    pub(crate) async fn another_than(&self, port: u16) -> u16 {
        let sentinels = self.sentinels.clone();
        blocking(move || sentinels.wait_for_another_master(port)).await
    }

    /// From now on nothing that the first is told reaches the second.
    pub(crate) async fn freeze_second(&self) {
        let (first, second) = (self.first.clone(), self.second.clone());
        blocking(move || {
            second.stop();
            first.fill_replica_links();
        })
        .await;
    }

    /// The first is gone with what the second never heard of, and the second takes its place.
    pub(crate) async fn lose_first(&self) {
        self.first.kill();
        self.second.cont();
        self.another_than(self.first.port()).await;
    }
}

pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    spawn_blocking(work).await.expect("it does not panic")
}
