//! `Bearer`: passes requests with a valid token on, and denies all others.

use std::fmt;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_service::Service;

use super::future::ResponseFuture;
use super::guard::{Checked, Guard};
use super::request::AccessRequest;
use crate::wire::ResponseBody;

/// A service that requires a valid access token. Made by [`BearerLayer`](super::BearerLayer).
#[derive(Clone)]
pub struct Bearer<S> {
    inner: S,
    guard: Arc<Guard>,
}

impl<S> Bearer<S> {
    pub(super) fn new(inner: S, guard: Arc<Guard>) -> Self {
        Self { inner, guard }
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for Bearer<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    S: Clone,
{
    type Response = Response<ResponseBody<ResBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S, ReqBody, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        match self.guard.check(&AccessRequest::from(&request)) {
            Checked::Verified(token) => {
                request.extensions_mut().insert(token);
                ResponseFuture::pass(self.inner.call(request))
            }
            Checked::Anonymous(denied) => {
                request.extensions_mut().insert(denied);
                ResponseFuture::pass(self.inner.call(request))
            }
            Checked::Denied(denied) => {
                // Returns what the inner service reserved for this request.
                drop(self.take_ready());
                ResponseFuture::deny(denied.to_response())
            }
            Checked::LookUp(lookup) => ResponseFuture::look_up(lookup, self.take_ready(), request),
        }
    }
}

impl<S> Bearer<S>
where
    S: Clone,
{
    fn take_ready(&mut self) -> S {
        let not_ready = self.inner.clone();
        mem::replace(&mut self.inner, not_ready)
    }
}

impl<S> fmt::Debug for Bearer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer")
            .field("rules", &self.guard.rules)
            .finish_non_exhaustive()
    }
}
