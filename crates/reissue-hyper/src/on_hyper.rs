//! From tower to hyper.

use crate::future::ResponseFuture;

/// A tower service as a hyper service, for `serve_connection`.
///
/// hyper asks nobody whether a service is ready. So every request takes a clone of the tower service, waits until that is
/// ready, and calls it: a limit inside makes requests wait, and an error of readiness is the error of the request. What a
/// clone costs is the service's affair; for Reissue's own it is one reference count.
///
/// # Cancel safety
///
/// hyper drops the future when the client is gone. What that means is the tower service's to say; a clone that waits to be
/// ready gives its place up.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct OnHyper<S> {
    service: S,
}

impl<S> OnHyper<S> {
    /// The hyper service that calls this tower service.
    pub fn new(service: S) -> Self {
        Self { service }
    }
}

impl<S, R> hyper::service::Service<R> for OnHyper<S>
where
    S: tower_service::Service<R> + Clone,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<S, R>;

    fn call(&self, request: R) -> ResponseFuture<S, R> {
        ResponseFuture::new(self.service.clone(), request)
    }
}
