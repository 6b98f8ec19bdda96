//! Reading a body to its end, up to a limit.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::{Body, Frame};
use pin_project_lite::pin_project;

use crate::denial::Denial;

pin_project! {
    /// Reads a body of at most `limit` bytes.
    ///
    /// The output is [`Denial::BodyTooLarge`] as soon as the body is known to be longer, and
    /// [`Denial::BodyUnreadable`] for a body that fails.
    pub(crate) struct ReadBody<B> {
        #[pin]
        body: B,
        limit: usize,
        // The usual case is one frame, which needs no copy.
        first: Bytes,
        all: BytesMut,
        trailers: Option<HeaderMap>,
    }
}

impl<B> ReadBody<B> {
    pub(crate) fn new(body: B, limit: usize) -> Self {
        Self {
            body,
            limit,
            first: Bytes::new(),
            all: BytesMut::new(),
            trailers: None,
        }
    }
}

impl<B> Future for ReadBody<B>
where
    B: Body<Data = Bytes>,
{
    type Output = Result<ReceivedBody, Denial>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let length = this.first.len() + this.all.len();
        if length == 0 && this.body.size_hint().lower() > *this.limit as u64 {
            return Poll::Ready(Err(Denial::BodyTooLarge));
        }
        while let Some(frame) = ready!(this.body.as_mut().poll_frame(cx)) {
            let Ok(frame) = frame else {
                return Poll::Ready(Err(Denial::BodyUnreadable));
            };
            let data = match frame.into_data() {
                Ok(data) => data,
                Err(frame) => {
                    *this.trailers = frame.into_trailers().ok();
                    continue;
                }
            };
            if this.first.len() + this.all.len() + data.len() > *this.limit {
                return Poll::Ready(Err(Denial::BodyTooLarge));
            }
            if this.first.is_empty() && this.all.is_empty() {
                *this.first = data;
                continue;
            }
            if this.all.is_empty() {
                this.all.extend_from_slice(&mem::take(this.first));
            }
            this.all.extend_from_slice(&data);
        }
        let data = if this.all.is_empty() {
            mem::take(this.first)
        } else {
            mem::take(this.all).freeze()
        };
        Poll::Ready(Ok(ReceivedBody {
            data,
            trailers: this.trailers.take(),
        }))
    }
}

impl<B> fmt::Debug for ReadBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadBody").finish_non_exhaustive()
    }
}

/// A body that was read to its end.
#[derive(Default)]
pub(crate) struct ReceivedBody {
    pub(crate) data: Bytes,
    trailers: Option<HeaderMap>,
}

impl ReceivedBody {
    pub(super) fn next_frame(&mut self) -> Option<Frame<Bytes>> {
        let data = std::mem::take(&mut self.data);
        if data.is_empty() {
            return self.trailers.take().map(Frame::trailers);
        }
        Some(Frame::data(data))
    }

    pub(super) fn is_end(&self) -> bool {
        self.data.is_empty() && self.trailers.is_none()
    }
}
