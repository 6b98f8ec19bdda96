//! The introspection endpoint (RFC 7662).

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

/// An endpoint for introspection (RFC 7662 §2): `POST` of `token` by a client that has
/// authenticated. A public client, which has no credentials, gets `401` with `invalid_client`
/// (§2.1).
///
/// # Cancel safety
///
/// Introspection changes nothing.
#[derive(Clone, Debug)]
pub struct IntrospectionEndpoint {
    server: Server,
}

impl IntrospectionEndpoint {
    /// Returns the introspection endpoint of a server.
    #[must_use]
    pub fn new(server: Server) -> Self {
        Self { server }
    }
}

impl<B> Service<Request<B>> for IntrospectionEndpoint
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
        TokenOperation::Introspect.respond(&self.server, request)
    }
}
