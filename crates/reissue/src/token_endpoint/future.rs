//! `ResponseFuture`: pass, deny, or answer.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;
use pin_project_lite::pin_project;

use crate::wire::{AnswerBody, ResponseBody};

pin_project! {
    /// The response of [`Refresh`](crate::Refresh).
    pub struct ResponseFuture<F, B, E> {
        #[pin]
        state: State<F, B, E>,
    }
}

type Answer<B, E> = Pin<Box<dyn Future<Output = Result<Response<ResponseBody<B>>, E>> + Send>>;

pin_project! {
    #[project = StateProj]
    enum State<F, B, E> {
        // Every request that is not ours comes this way: no box.
        Pass { #[pin] future: F },
        // Refused by its head alone: nothing to wait for.
        Deny { response: Option<Response<AnswerBody>> },
        // Cryptography and a round trip to the store: a box does not matter.
        Answer { future: Answer<B, E> },
    }
}

impl<F, B, E> ResponseFuture<F, B, E> {
    pub(crate) fn pass(future: F) -> Self {
        Self {
            state: State::Pass { future },
        }
    }

    pub(crate) fn deny(response: Response<AnswerBody>) -> Self {
        Self {
            state: State::Deny {
                response: Some(response),
            },
        }
    }

    pub(crate) fn answer(
        future: impl Future<Output = Result<Response<ResponseBody<B>>, E>> + Send + 'static,
    ) -> Self {
        Self {
            state: State::Answer {
                future: Box::pin(future),
            },
        }
    }
}

impl<F, B, E> Future for ResponseFuture<F, B, E>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<ResponseBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProj::Pass { future } => {
                let response = ready!(future.poll(cx))?;
                Poll::Ready(Ok(response.map(ResponseBody::passed)))
            }
            StateProj::Deny { response } => {
                let response = response.take().expect("polled after completion");
                Poll::Ready(Ok(response.map(ResponseBody::answered)))
            }
            StateProj::Answer { future } => future.as_mut().poll(cx),
        }
    }
}

impl<F, B, E> fmt::Debug for ResponseFuture<F, B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
