//! The body of responses that this crate makes.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// The body of a response of an endpoint, or of a layer's own response: complete, in one frame.
/// Empty by default.
#[derive(Default)]
pub struct EndpointBody {
    data: Bytes,
}

impl EndpointBody {
    pub(crate) fn new(data: Vec<u8>) -> Self {
        Self { data: data.into() }
    }

    #[cfg(feature = "issue")]
    pub(crate) fn len(&self) -> usize {
        self.data.len()
    }

    pub(super) fn next_frame(&mut self) -> Option<Frame<Bytes>> {
        let data = std::mem::take(&mut self.data);
        (!data.is_empty()).then(|| Frame::data(data))
    }
}

impl Body for EndpointBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.next_frame().map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.data.len() as u64)
    }
}

impl fmt::Debug for EndpointBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointBody").finish_non_exhaustive()
    }
}
