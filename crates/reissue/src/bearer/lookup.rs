//! `Lookup` and `VerifyFuture`: the session check, where the store has to be read.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::access_denied::AccessDenied;
use super::token::VerifiedToken;

/// The session check of a token that passed all other checks.
pub(super) struct Lookup {
    // Boxed: the cost is small beside a round trip to the store.
    inner: Pin<Box<dyn Future<Output = Result<VerifiedToken, AccessDenied>> + Send>>,
}

impl Lookup {
    pub(super) fn new(
        inner: impl Future<Output = Result<VerifiedToken, AccessDenied>> + Send + 'static,
    ) -> Self {
        Self {
            inner: Box::pin(inner),
        }
    }
}

impl Future for Lookup {
    type Output = Result<VerifiedToken, AccessDenied>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.inner.as_mut().poll(cx)
    }
}

/// The future of [`BearerLayer::verify`](super::BearerLayer::verify). It waits only for the session
/// check.
#[must_use = "futures do nothing unless awaited"]
pub struct VerifyFuture {
    state: State,
}

enum State {
    // Boxed, because a token is large.
    Done(Option<Box<Result<VerifiedToken, AccessDenied>>>),
    LookUp(Lookup),
}

impl VerifyFuture {
    pub(super) fn done(result: Result<VerifiedToken, AccessDenied>) -> Self {
        Self {
            state: State::Done(Some(Box::new(result))),
        }
    }

    pub(super) fn look_up(lookup: Lookup) -> Self {
        Self {
            state: State::LookUp(lookup),
        }
    }
}

impl Future for VerifyFuture {
    type Output = Result<VerifiedToken, AccessDenied>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.state {
            State::Done(result) => Poll::Ready(*result.take().expect("polled after completion")),
            State::LookUp(lookup) => Pin::new(lookup).poll(cx),
        }
    }
}

impl fmt::Debug for VerifyFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyFuture").finish_non_exhaustive()
    }
}
