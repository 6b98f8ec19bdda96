//! The revocation endpoint (RFC 7009).

use std::convert::Infallible;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::EndpointFuture;
use super::token_operation::TokenOperation;
use crate::server::Server;
use crate::wire::EndpointBody;

/// An endpoint for revocation (RFC 7009 §2): `POST` of `token` by an authenticated client.
///
/// # Cancel safety
///
/// Dropping the future leaves the token active or revoked.
#[derive(Clone, Debug)]
pub struct RevocationEndpoint {
    server: Server,
}

impl RevocationEndpoint {
    /// Returns the revocation endpoint of a server.
    #[must_use]
    pub fn new(server: Server) -> Self {
        Self { server }
    }
}

impl<B> Service<Request<B>> for RevocationEndpoint
where
    B: Body<Data = Bytes> + Send + 'static,
{
    type Response = Response<EndpointBody>;
    type Error = Infallible;
    type Future = EndpointFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> EndpointFuture {
        TokenOperation::Revoke.respond(&self.server, request)
    }
}
