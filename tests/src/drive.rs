//! Driving a future by hand, and things that take more than one poll.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use reissue::Sid;
use reissue::store::{
    Advance, Advanced, Consume, Consumed, Create, Created, Cursor, OneTimeId, Page, Record,
    Replace, Replaced, Revoke, Store, StoreError, SubjectKey,
};

/// Polls a future so often, and drops it if it is not done then.
pub fn drop_after<F>(polls: usize, future: F) -> Option<F::Output>
where
    F: Future,
{
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..polls).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    })
}

/// Is pending once, as a thing that has to wait is.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Stutter {
    stuttered: bool,
}

impl Future for Stutter {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.stuttered {
            return Poll::Ready(());
        }
        self.stuttered = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// A store that has to wait before and after everything that it does.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "complete by definition")]
pub struct Slow<S>(pub S);

impl<S> Slow<S> {
    async fn slowly<T>(&self, work: impl Future<Output = T>) -> T {
        Stutter::default().await;
        let done = work.await;
        Stutter::default().await;
        done
    }
}

impl<S> Store for Slow<S>
where
    S: Store,
{
    async fn create(&self, create: Create) -> Result<Created, StoreError> {
        self.slowly(self.0.create(create)).await
    }

    async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError> {
        self.slowly(self.0.advance(advance)).await
    }

    async fn replace(&self, replace: Replace) -> Result<Replaced, StoreError> {
        self.slowly(self.0.replace(replace)).await
    }

    async fn load(&self, subject: SubjectKey, sid: Sid) -> Result<Option<Record>, StoreError> {
        self.slowly(self.0.load(subject, sid)).await
    }

    async fn sessions(
        &self,
        subject: SubjectKey,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        self.slowly(self.0.sessions(subject, after, limit)).await
    }

    async fn revoke(&self, subject: SubjectKey, revoke: Revoke) -> Result<u64, StoreError> {
        self.slowly(self.0.revoke(subject, revoke)).await
    }

    async fn consume(&self, consume: Consume) -> Result<Consumed, StoreError> {
        self.slowly(self.0.consume(consume)).await
    }

    async fn is_consumed(&self, id: OneTimeId) -> Result<bool, StoreError> {
        self.slowly(self.0.is_consumed(id)).await
    }
}
