//! The future of the endpoints that receive forms.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Response;

use crate::wire::EndpointBody;

/// The response of an endpoint.
pub struct EndpointFuture {
    response: Pin<Box<dyn Future<Output = Response<EndpointBody>> + Send>>,
}

impl EndpointFuture {
    pub(crate) fn new(
        response: impl Future<Output = Response<EndpointBody>> + Send + 'static,
    ) -> Self {
        Self {
            response: Box::pin(response),
        }
    }
}

impl Future for EndpointFuture {
    type Output = Result<Response<EndpointBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.response.as_mut().poll(cx).map(Ok)
    }
}

impl fmt::Debug for EndpointFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointFuture").finish_non_exhaustive()
    }
}
