use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use super::fixture::{START, TestStore, block_on};
use crate::clock::Timestamp;
use crate::store::MemoryStore;
use crate::store::contract::{self, Harness};

#[test]
fn the_memory_store_keeps_the_contract() {
    let memory = Memory {
        test: TestStore::new(),
        steps_back: true,
    };
    block_on(is_send(contract::run(&memory)));
}

#[test]
fn the_contract_takes_a_real_clock_only_seconds() {
    let memory = Memory {
        test: TestStore::new(),
        steps_back: false,
    };
    block_on(contract::run(&memory));
    let passed = Duration::from_millis(memory.test.now() - START);
    assert!(passed < Duration::from_secs(13), "{passed:?}");
}

/// Every store of it lives by the one clock.
struct Memory {
    test: TestStore,
    steps_back: bool,
}

impl Harness for Memory {
    type Store = MemoryStore;

    async fn store(&self) -> MemoryStore {
        let millis = self.test.millis.clone();
        MemoryStore::with_clock(move || Timestamp::from_millis(millis.load(SeqCst)))
    }

    async fn pass(&self, time: Duration) {
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
}

fn is_send<F>(future: F) -> F
where
    F: Send,
{
    future
}
