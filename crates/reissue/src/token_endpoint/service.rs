//! `Refresh`: passes requests on, or responds to token requests.

use std::fmt;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::config::TokenEndpoint;
use super::exchange::Exchange;
use super::future::ResponseFuture;
use crate::wire::{ReadBody, Received, RequestBody, ResponseBody};

/// A token endpoint around a service that handles the other grants. Made by
/// [`RefreshLayer`](super::RefreshLayer).
///
/// Requests that are not for the token endpoint pass without a box, and nothing has to be `Send` or
/// `'static` for them.
#[derive(Clone)]
pub struct Refresh<S> {
    inner: S,
    endpoint: Arc<TokenEndpoint>,
}

impl<S> Refresh<S> {
    pub(super) fn new(inner: S, endpoint: Arc<TokenEndpoint>) -> Self {
        Self { inner, endpoint }
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for Refresh<S>
where
    S: Service<Request<RequestBody<ReqBody>>, Response = Response<ResBody>>,
    S: Clone,
    ReqBody: Body<Data = Bytes>,
{
    type Response = Response<ResponseBody<ResBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S, ReqBody, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        if !self.endpoint.covers(request.uri().path()) {
            return ResponseFuture::pass(self.inner.call(request.map(RequestBody::passed)));
        }
        // Taken even if the request is denied, so that what the inner service reserved is returned.
        let not_ready = self.inner.clone();
        let ready = mem::replace(&mut self.inner, not_ready);
        let (head, body) = request.into_parts();
        let mut received = Received::default();
        let checked = received.head(&head);
        let exchange = Exchange {
            endpoint: self.endpoint.clone(),
            head,
            received,
        };
        match checked {
            Ok(()) => {
                let body = ReadBody::new(body, self.endpoint.body_limit);
                ResponseFuture::read(body, ready, exchange)
            }
            Err(denial) => ResponseFuture::deny(exchange.deny(denial)),
        }
    }
}

impl<S> fmt::Debug for Refresh<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
