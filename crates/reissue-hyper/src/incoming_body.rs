use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Sleep, sleep};

/// The body of a request to a service of [`HttpServer`](crate::HttpServer).
///
/// Fails with [`BodyTimeout`] if the service has waited for the peer for longer than the
/// [body time-out](crate::HttpServer::with_body_timeout).
pub struct IncomingBody {
    body: Incoming,
    timeout: Duration,
    /// Created when the service first has to wait. Most bodies arrive with their heads.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl IncomingBody {
    pub(crate) fn new(body: Incoming, timeout: Duration) -> Self {
        Self {
            body,
            timeout,
            sleep: None,
        }
    }
}

impl Body for IncomingBody {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let timeout = this.timeout;
        let sleep = this.sleep.get_or_insert_with(|| Box::pin(sleep(timeout)));
        sleep
            .as_mut()
            .poll(cx)
            .map(|()| Some(Err(Box::new(BodyTimeout(())) as Self::Error)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl fmt::Debug for IncomingBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IncomingBody").finish_non_exhaustive()
    }
}

/// The error of a request body that did not arrive in time.
#[derive(Debug)]
pub struct BodyTimeout(());

impl fmt::Display for BodyTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request body did not arrive in time")
    }
}

impl Error for BodyTimeout {}
