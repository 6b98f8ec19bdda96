//! The contract of stores, on a clock that the test owns.

use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use reissue::Timestamp;
use reissue::store::contract;
use reissue_sqlite::SqliteStore;

use crate::support::{Folder, PATIENCE};

contract::tests!(
    #[tokio::test]
    Harness::new(Refreshes::Synchronous)
);

#[tokio::test]
async fn with_relaxed_advances_the_store_keeps_the_contract() {
    contract::run(&Harness::new(Refreshes::Relaxed)).await;
}

#[derive(Clone, Copy)]
enum Refreshes {
    Relaxed,
    Synchronous,
}

struct Harness {
    folder: Folder,
    refreshes: Refreshes,
    millis: Arc<AtomicU64>,
    stores: AtomicU64,
}

impl Harness {
    fn new(refreshes: Refreshes) -> Self {
        Self {
            folder: Folder::new(),
            refreshes,
            millis: Arc::new(AtomicU64::new(1_700_000_000_000)),
            stores: AtomicU64::new(0),
        }
    }
}

impl contract::Harness for Harness {
    type Store = SqliteStore;

    async fn store(&self) -> SqliteStore {
        let number = self.stores.fetch_add(1, SeqCst);
        let millis = self.millis.clone();
        let store = SqliteStore::builder(self.folder.file(&format!("{number}.db")))
            .with_clock(move || Timestamp::from_millis(millis.load(SeqCst)))
            .with_response_timeout(PATIENCE);
        let store = match self.refreshes {
            Refreshes::Relaxed => store.with_relaxed_refreshes(),
            Refreshes::Synchronous => store,
        };
        store.build().unwrap()
    }

    async fn pass(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap();
        self.millis.fetch_add(millis, SeqCst);
    }

    async fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.millis.load(SeqCst))
    }

    async fn step_back(&self, time: Duration) -> bool {
        let millis = u64::try_from(time.as_millis()).unwrap();
        self.millis.fetch_sub(millis, SeqCst);
        true
    }

    /// The thread of the store gets on meanwhile.
    async fn pause(&self) {
        std::thread::yield_now();
        tokio::task::yield_now().await;
    }

    /// Others in every run.
    fn seeds(&self) -> Range<u64> {
        let first = RandomState::new().hash_one("seeds") >> 1;
        first..first + 64
    }
}
