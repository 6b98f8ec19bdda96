//! The response body of the layers.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::EndpointBody;

pin_project! {
    /// The response body of a layer: that of the inner service, or that of the layer's own
    /// response.
    pub struct ResponseBody<B> {
        #[pin]
        kind: ResponseKind<B>,
    }
}

pin_project! {
    #[project = ResponseKindProj]
    enum ResponseKind<B> {
        Passed { #[pin] inner: B },
        Own { body: EndpointBody },
    }
}

impl<B> ResponseBody<B> {
    pub(crate) fn passed(inner: B) -> Self {
        Self {
            kind: ResponseKind::Passed { inner },
        }
    }

    pub(crate) fn own(body: EndpointBody) -> Self {
        Self {
            kind: ResponseKind::Own { body },
        }
    }
}

/// Returns an empty body, which outer layers need for their own responses, such as a time-out.
impl<B> Default for ResponseBody<B> {
    fn default() -> Self {
        Self::own(EndpointBody::default())
    }
}

impl<B> Body for ResponseBody<B>
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
            ResponseKindProj::Passed { inner } => inner.poll_frame(cx),
            ResponseKindProj::Own { body } => Poll::Ready(body.next_frame().map(Ok)),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            ResponseKind::Passed { inner } => inner.is_end_stream(),
            ResponseKind::Own { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            ResponseKind::Passed { inner } => inner.size_hint(),
            ResponseKind::Own { body } => body.size_hint(),
        }
    }
}

impl<B> fmt::Debug for ResponseBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").finish_non_exhaustive()
    }
}
