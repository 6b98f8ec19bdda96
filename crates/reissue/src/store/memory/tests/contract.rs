use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::fixture::{START, TestStore, block_on};
use crate::clock::Timestamp;
use crate::store::contract::{self, Harness};
use crate::store::{BoxedStore, MemoryStore};

contract::tests!(Memory::that_steps_back(true));

#[test]
fn the_memory_store_keeps_the_contract() {
    let memory = Memory::that_steps_back(false);
    block_on(is_send(contract::run(&memory)));
    let passed = Duration::from_millis(memory.test.now() - START);
    assert!(passed < Duration::from_secs(15), "{passed:?}");
}

#[test]
fn a_boxed_store_keeps_the_contract_of_the_store_in_it() {
    let boxed = Boxed(Memory::that_steps_back(true));
    block_on(contract::run(&boxed));
}

/// Every store of it lives by the one clock.
struct Memory {
    test: TestStore,
    steps_back: bool,
    store: Mutex<MemoryStore>,
}

impl Memory {
    fn that_steps_back(steps_back: bool) -> Self {
        Self {
            test: TestStore::new(),
            steps_back,
            store: Mutex::default(),
        }
    }
}

impl Harness for Memory {
    type Store = MemoryStore;

    async fn store(&self) -> MemoryStore {
        let millis = self.test.millis.clone();
        let store = MemoryStore::with_clock(move || Timestamp::from_millis(millis.load(SeqCst)));
        *self.store.lock().unwrap_or_else(PoisonError::into_inner) = store.clone();
        store
    }

    async fn pass(&self, time: Duration) {
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let (families, timer_entries) = store.counts();
        assert!(timer_entries <= families, "one for each at most");
        self.test.pass(time);
    }

    async fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.test.now())
    }

    async fn step_back(&self, time: Duration) -> bool {
        if self.steps_back {
            self.test.step_back(time);
        }
        self.steps_back
    }

    /// The memory store never waits.
    async fn pause(&self) {}

    /// Others in every run, and many, where time costs nothing.
    fn seeds(&self) -> Range<u64> {
        if !self.steps_back {
            return 0..32;
        }
        let first = RandomState::new().hash_one("seeds") >> 1;
        first..first + 512
    }
}

/// The same stores behind a type that is chosen at run time.
struct Boxed(Memory);

impl Harness for Boxed {
    type Store = BoxedStore;

    async fn store(&self) -> BoxedStore {
        BoxedStore::new(self.0.store().await)
    }

    async fn pass(&self, time: Duration) {
        self.0.pass(time).await;
    }

    async fn now(&self) -> Timestamp {
        self.0.now().await
    }

    async fn step_back(&self, time: Duration) -> bool {
        self.0.step_back(time).await
    }

    async fn pause(&self) {}
}

fn is_send<F>(future: F) -> F
where
    F: Send,
{
    future
}
