//! The request body that the inner service gets.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::read_body::ReceivedBody;

pin_project! {
    /// The request body that the inner service gets: the original one, or the bytes and trailers
    /// that were read of it, unchanged.
    pub struct RequestBody<B> {
        #[pin]
        kind: RequestKind<B>,
    }
}

pin_project! {
    #[project = RequestKindProj]
    enum RequestKind<B> {
        Passed { #[pin] inner: B },
        Replayed { received: ReceivedBody },
    }
}

impl<B> RequestBody<B> {
    pub(crate) fn passed(inner: B) -> Self {
        Self {
            kind: RequestKind::Passed { inner },
        }
    }

    pub(crate) fn replayed(received: ReceivedBody) -> Self {
        Self {
            kind: RequestKind::Replayed { received },
        }
    }
}

impl<B> Body for RequestBody<B>
where
    B: Body<Data = Bytes>,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match self.project().kind.project() {
            RequestKindProj::Passed { inner } => inner.poll_frame(cx),
            RequestKindProj::Replayed { received } => Poll::Ready(received.next_frame().map(Ok)),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            RequestKind::Passed { inner } => inner.is_end_stream(),
            RequestKind::Replayed { received } => received.is_end(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            RequestKind::Passed { inner } => inner.size_hint(),
            RequestKind::Replayed { received } => SizeHint::with_exact(received.data.len() as u64),
        }
    }
}

impl<B> fmt::Debug for RequestBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody").finish_non_exhaustive()
    }
}
