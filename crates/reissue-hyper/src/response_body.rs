use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::activity::InFlight;

pin_project! {
    /// The body of a response. It keeps the request in flight until hyper has taken all of it.
    pub(crate) struct ResponseBody<B> {
        #[pin]
        body: B,
        request: InFlight,
    }
}

impl<B> ResponseBody<B> {
    pub(crate) fn new(body: B, mut request: InFlight) -> Self {
        request.responded();
        Self { body, request }
    }
}

impl<B> Body for ResponseBody<B>
where
    B: Body,
{
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        let frame = this.body.poll_frame(cx);
        match &frame {
            Poll::Ready(_) => this.request.produced(),
            Poll::Pending => this.request.waits_for_service(),
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
