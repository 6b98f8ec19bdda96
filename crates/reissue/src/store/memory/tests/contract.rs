use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use super::fixture::{START, TestStore, block_on};
use crate::clock::Timestamp;
use crate::store::MemoryStore;
use crate::store::contract::{self, Harness};

#[test]
fn the_memory_store_keeps_the_contract() {
    block_on(is_send(contract::run(&Memory(TestStore::new()))));
}

#[test]
fn the_contract_takes_a_real_clock_only_seconds() {
    let memory = Memory(TestStore::new());
    block_on(contract::run(&memory));
    let passed = Duration::from_millis(memory.0.now() - START);
    assert!(passed < Duration::from_secs(9), "{passed:?}");
}

/// Every store of it lives by the one clock.
struct Memory(TestStore);

impl Harness for Memory {
    type Store = MemoryStore;

    async fn store(&self) -> MemoryStore {
        let millis = self.0.millis.clone();
        MemoryStore::with_clock(move || Timestamp::from_millis(millis.load(SeqCst)))
    }

    async fn pass(&self, time: Duration) {
        self.0.pass(time);
    }

    async fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.now())
    }
}

fn is_send<F>(future: F) -> F
where
    F: Send,
{
    future
}
