//! A store that fails on demand, before or after it has done what it was asked.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use reissue::Sid;
use reissue::store::{
    Advance, Advanced, Consume, Consumed, Create, Created, Cursor, Finding, MemoryStore, OneTimeId,
    Page, Record, Replace, Replaced, Revoke, Store, StoreError, StoreErrorKind, SubjectKey,
};

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing is done, and an error comes back.
    Before,
    /// It is done, and an error comes back all the same: the reply was lost.
    After,
    /// Nothing is done, and nothing ever comes back.
    HangBefore,
    /// It is done, and nothing ever comes back.
    HangAfter,
}

/// What was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the verbs of a store")]
pub enum Verb {
    Advance,
    Consume,
    Create,
    IsConsumed,
    Load,
    Ready,
    Replace,
    Revoke,
    Sessions,
}

/// A store that fails on demand and remembers what was called. Clones are the same store.
#[derive(Clone, Debug)]
pub struct FaultyStore<S = MemoryStore> {
    inner: Arc<S>,
    faults: Arc<Mutex<VecDeque<Option<Fault>>>>,
    calls: Arc<Mutex<Vec<Verb>>>,
    hangs: Arc<AtomicBool>,
}

impl<S> FaultyStore<S> {
    /// A store that does not fail yet.
    pub fn new(inner: S) -> Self {
        Self {
            inner: Arc::new(inner),
            faults: Arc::default(),
            calls: Arc::default(),
            hangs: Arc::default(),
        }
    }

    /// The next call that has none planned yet fails like this.
    pub fn plan(&self, fault: Fault) {
        self.push(Some(fault));
    }

    /// The next call that has none planned yet succeeds.
    pub fn plan_success(&self) {
        self.push(None);
    }

    /// Nothing is planned any more.
    pub fn heal(&self) {
        self.faults
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// What was called since the last time this was asked.
    #[must_use]
    pub fn take_calls(&self) -> Vec<Verb> {
        std::mem::take(&mut *self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits for a future, and drops it where a call of this store hangs.
    pub async fn drop_where_it_hangs<F>(&self, future: F) -> Option<F::Output>
    where
        F: Future,
    {
        let mut future = pin!(future);
        poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if self.hangs.swap(false, Ordering::SeqCst) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await
    }

    async fn hang<T>(&self) -> T {
        self.hangs.store(true, Ordering::SeqCst);
        std::future::pending().await
    }

    fn push(&self, fault: Option<Fault>) {
        self.faults
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(fault);
    }

    async fn call<T>(
        &self,
        verb: Verb,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(verb);
        let fault = self
            .faults
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
            .flatten();
        match fault {
            None => work.await,
            Some(Fault::Before) => Err(StoreError::new(StoreErrorKind::Unavailable)),
            Some(Fault::After) => {
                work.await?;
                Err(StoreError::new(StoreErrorKind::Timeout))
            }
            Some(Fault::HangBefore) => self.hang().await,
            Some(Fault::HangAfter) => {
                work.await?;
                self.hang().await
            }
        }
    }
}

impl<S> Store for FaultyStore<S>
where
    S: Store,
{
    async fn create(&self, create: Create) -> Result<Created, StoreError> {
        self.call(Verb::Create, self.inner.create(create)).await
    }

    async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError> {
        self.call(Verb::Advance, self.inner.advance(advance)).await
    }

    async fn replace(&self, replace: Replace) -> Result<Replaced, StoreError> {
        self.call(Verb::Replace, self.inner.replace(replace)).await
    }

    async fn load(&self, subject: SubjectKey, sid: Sid) -> Result<Option<Record>, StoreError> {
        self.call(Verb::Load, self.inner.load(subject, sid)).await
    }

    async fn sessions(
        &self,
        subject: SubjectKey,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        self.call(Verb::Sessions, self.inner.sessions(subject, cursor, limit))
            .await
    }

    async fn revoke(&self, subject: SubjectKey, revoke: Revoke) -> Result<u64, StoreError> {
        self.call(Verb::Revoke, self.inner.revoke(subject, revoke))
            .await
    }

    async fn consume(&self, consume: Consume) -> Result<Consumed, StoreError> {
        self.call(Verb::Consume, self.inner.consume(consume)).await
    }

    async fn is_consumed(&self, id: OneTimeId) -> Result<bool, StoreError> {
        self.call(Verb::IsConsumed, self.inner.is_consumed(id))
            .await
    }

    async fn ready(&self) -> Result<Vec<Finding>, StoreError> {
        self.call(Verb::Ready, self.inner.ready()).await
    }
}
