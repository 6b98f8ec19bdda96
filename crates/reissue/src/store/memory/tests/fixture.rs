//! A store with a clock of its own, and one subject.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;

use crate::clock::Timestamp;
use crate::store::memory::MemoryStore;
use crate::store::{
    Advance, Advanced, Attempt, Consume, Consumed, Create, Created, OneTimeId, Record, Revision,
    Revoke, Sid, Store, StoreError, SubjectKey,
};

/// A store and its clock, without futures.
pub(super) struct TestStore {
    pub(super) store: MemoryStore,
    pub(super) millis: Arc<AtomicU64>,
}

impl TestStore {
    pub(super) fn new() -> Self {
        let millis = Arc::new(AtomicU64::new(START));
        let clock = millis.clone();
        let store = MemoryStore::with_clock(move || Timestamp::from_millis(clock.load(SeqCst)));
        Self { store, millis }
    }

    pub(super) fn pass(&self, time: Duration) {
        self.set(self.now() + u64::try_from(time.as_millis()).expect("times here are short"));
    }

    #[cfg(feature = "contract")]
    pub(super) fn step_back(&self, time: Duration) {
        self.set(self.now() - u64::try_from(time.as_millis()).expect("times here are short"));
    }

    pub(super) fn set(&self, millis: u64) {
        self.millis.store(millis, SeqCst);
    }

    pub(super) fn now(&self) -> u64 {
        self.millis.load(SeqCst)
    }

    pub(super) fn create(&self, create: Create) -> Created {
        ready(self.store.create(create))
    }

    pub(super) fn advance(&self, advance: Advance) -> Advanced {
        ready(self.store.advance(advance))
    }

    pub(super) fn load(&self, sid: Sid) -> Option<Record> {
        ready(self.store.load(subject(), sid))
    }

    pub(super) fn record(&self, sid: Sid) -> Record {
        self.load(sid).expect("the family is live")
    }

    pub(super) fn revoke(&self, revoke: Revoke) -> u64 {
        ready(self.store.revoke(subject(), revoke))
    }

    pub(super) fn consume(&self, id: OneTimeId, lifetime: Duration) -> Consumed {
        ready(self.store.consume(consumption(id, lifetime)))
    }

    pub(super) fn is_consumed(&self, id: OneTimeId) -> bool {
        ready(self.store.is_consumed(id))
    }

    /// How many families and how many timer entries there are, expired ones included.
    pub(super) fn counts(&self) -> (usize, usize) {
        self.store.counts()
    }

    pub(super) fn one_time_ids(&self) -> usize {
        self.store.one_time_ids()
    }
}

pub(super) fn subject() -> SubjectKey {
    SubjectKey::derive(ISSUER, "alice")
}

pub(super) fn one_time_id(number: u64) -> OneTimeId {
    OneTimeId::derive(ISSUER, "code", &number.to_le_bytes())
}

pub(super) fn consumption(id: OneTimeId, lifetime: Duration) -> Consume {
    Consume {
        id,
        lifetime,
        is_revocation: false,
    }
}

pub(super) fn sid(number: u64) -> Sid {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Sid::from_bytes(bytes)
}

pub(super) fn family(sid: Sid, idle: Duration) -> Create {
    Create {
        subject: subject(),
        sid,
        idle: Some(idle),
        expires_at: None,
        details: Bytes::from_static(b"details"),
        limit: None,
    }
}

pub(super) fn rotation(sid: Sid, from: u64) -> Advance {
    Advance {
        subject: subject(),
        sid,
        from,
        to: from + 1,
        revision: Revision::ORIGINAL,
        attempt: Attempt::from_bytes(from.to_be_bytes()),
        history: SECOND * 60,
        idle: Some(DAY),
    }
}

pub(super) fn ready<T>(future: impl Future<Output = Result<T, StoreError>>) -> T {
    block_on(future).expect("the memory store never fails")
}

/// Enough of a runtime for a store that never waits.
pub(super) fn block_on<F>(future: F) -> F::Output
where
    F: Future,
{
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the memory store never waits"),
    }
}

pub(super) const START: u64 = 1_700_000_000_000;
pub(super) const SECOND: Duration = Duration::from_secs(1);
pub(super) const DAY: Duration = Duration::from_secs(86_400);

const ISSUER: &str = "https://issuer.example";
