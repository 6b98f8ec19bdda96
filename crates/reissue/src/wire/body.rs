//! The bodies of the middleware, and reading one up to a limit.

use std::convert::Infallible;
use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::denial::Denial;

pin_project! {
    /// The request body that the inner service gets: the original one, or what was read of it, byte for byte.
    pub struct RequestBody<B> {
        #[pin]
        kind: RequestKind<B>,
    }
}

pin_project! {
    #[project = RequestKindProj]
    enum RequestKind<B> {
        Passed { #[pin] inner: B },
        Replayed { received: Received },
    }
}

impl<B> RequestBody<B> {
    pub(crate) fn passed(inner: B) -> Self {
        Self {
            kind: RequestKind::Passed { inner },
        }
    }

    pub(crate) fn replayed(received: Received) -> Self {
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

pin_project! {
    /// The response body of the middleware: the inner service's, or an answer of its own.
    pub struct ResponseBody<B> {
        #[pin]
        kind: ResponseKind<B>,
    }
}

pin_project! {
    #[project = ResponseKindProj]
    enum ResponseKind<B> {
        Passed { #[pin] inner: B },
        Answered { answer: AnswerBody },
    }
}

impl<B> ResponseBody<B> {
    pub(crate) fn passed(inner: B) -> Self {
        Self {
            kind: ResponseKind::Passed { inner },
        }
    }

    pub(crate) fn answered(answer: AnswerBody) -> Self {
        Self {
            kind: ResponseKind::Answered { answer },
        }
    }
}

/// An empty body, which layers outside need for answers of their own: a time-out, a preflight.
impl<B> Default for ResponseBody<B> {
    fn default() -> Self {
        Self::answered(AnswerBody::default())
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
            ResponseKindProj::Answered { answer } => Poll::Ready(answer.next_frame().map(Ok)),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            ResponseKind::Passed { inner } => inner.is_end_stream(),
            ResponseKind::Answered { answer } => answer.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            ResponseKind::Passed { inner } => inner.size_hint(),
            ResponseKind::Answered { answer } => answer.size_hint(),
        }
    }
}

impl<B> fmt::Debug for ResponseBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").finish_non_exhaustive()
    }
}

/// The body of an answer of our own: complete, in one frame. Empty by default.
#[derive(Default)]
pub struct AnswerBody {
    data: Bytes,
}

impl AnswerBody {
    pub(crate) fn new(data: Vec<u8>) -> Self {
        Self { data: data.into() }
    }

    pub(crate) fn len(&self) -> usize {
        self.data.len()
    }

    fn next_frame(&mut self) -> Option<Frame<Bytes>> {
        let data = std::mem::take(&mut self.data);
        (!data.is_empty()).then(|| Frame::data(data))
    }
}

impl Body for AnswerBody {
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

impl fmt::Debug for AnswerBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerBody").finish_non_exhaustive()
    }
}

/// A body that was read to its end.
#[derive(Default)]
pub(crate) struct Received {
    pub(crate) data: Bytes,
    trailers: Option<HeaderMap>,
}

impl Received {
    fn next_frame(&mut self) -> Option<Frame<Bytes>> {
        let data = std::mem::take(&mut self.data);
        if data.is_empty() {
            return self.trailers.take().map(Frame::trailers);
        }
        Some(Frame::data(data))
    }

    fn is_end(&self) -> bool {
        self.data.is_empty() && self.trailers.is_none()
    }
}

/// Reads a body of at most `limit` bytes.
///
/// # Errors
///
/// [`Denial::BodyTooLarge`] as soon as that is known, [`Denial::BodyUnreadable`] for a body that fails.
pub(crate) async fn read<B>(body: B, limit: usize) -> Result<Received, Denial>
where
    B: Body<Data = Bytes>,
{
    if body.size_hint().lower() > limit as u64 {
        return Err(Denial::BodyTooLarge);
    }
    let mut body = pin!(body);
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    let mut trailers = None;
    while let Some(frame) = poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        let frame = frame.map_err(|_| Denial::BodyUnreadable)?;
        let data = match frame.into_data() {
            Ok(data) => data,
            Err(frame) => {
                trailers = frame.into_trailers().ok();
                continue;
            }
        };
        if first.len() + all.len() + data.len() > limit {
            return Err(Denial::BodyTooLarge);
        }
        if first.is_empty() && all.is_empty() {
            // One frame is the usual case, and needs no copy.
            first = data;
            continue;
        }
        if all.is_empty() {
            all.extend_from_slice(&std::mem::take(&mut first));
        }
        all.extend_from_slice(&data);
    }
    let data = if all.is_empty() { first } else { all.freeze() };
    Ok(Received { data, trailers })
}
