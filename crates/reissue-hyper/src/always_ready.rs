//! From hyper to tower.

use std::task::{Context, Poll};

/// A hyper service as a tower service: one that is ready for every request.
///
/// hyper's [`Service`](hyper::service::Service) takes requests by `&self` and knows no readiness, so there is nothing to
/// wait for. Wrap what [`hyper::service::service_fn`] makes of an async function, or a service of your own.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct AlwaysReady<S> {
    service: S,
}

impl<S> AlwaysReady<S> {
    /// The tower service that calls this hyper service.
    pub fn new(service: S) -> Self {
        Self { service }
    }
}

impl<S, R> tower_service::Service<R> for AlwaysReady<S>
where
    S: hyper::service::Service<R>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: R) -> S::Future {
        self.service.call(request)
    }
}
