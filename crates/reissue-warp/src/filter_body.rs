//! `FilterBody`: the stream of warp's body filter as a body.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame};
use pin_project_lite::pin_project;
use warp::Buf;

/// The request body that an [`endpoint`](crate::endpoint()) gets.
pub struct FilterBody {
    // Boxed, because warp's stream has no name. The cost is small, because an endpoint waits for a
    // store.
    inner: Pin<Box<dyn Body<Data = Bytes, Error = warp::Error> + Send>>,
}

impl FilterBody {
    pub(crate) fn new<B, D>(stream: B) -> Self
    where
        B: Stream<Item = Result<D, warp::Error>> + Send + 'static,
        D: Buf,
    {
        Self {
            inner: Box::pin(Streamed { stream }),
        }
    }
}

impl Body for FilterBody {
    type Data = Bytes;
    type Error = warp::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, warp::Error>>> {
        self.inner.as_mut().poll_frame(cx)
    }
}

impl fmt::Debug for FilterBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilterBody").finish_non_exhaustive()
    }
}

pin_project! {
    struct Streamed<S> {
        #[pin]
        stream: S,
    }
}

impl<S, D> Body for Streamed<S>
where
    S: Stream<Item = Result<D, warp::Error>>,
    D: Buf,
{
    type Data = Bytes;
    type Error = warp::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, warp::Error>>> {
        let frame = |mut data: D| Frame::data(data.copy_to_bytes(data.remaining()));
        let next = self.project().stream.poll_next(cx);
        next.map(|item| item.map(|data| data.map(frame)))
    }
}
