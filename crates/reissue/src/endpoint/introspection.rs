//! Introspection (RFC 7662).

use std::convert::Infallible;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::EndpointFuture;
use crate::server::Server;
use crate::wire::{AnswerBody, introspected, receive, token};

/// Responds to introspection requests (RFC 7662 §2): `POST` of `token` by a client that has proved who it is. A public client,
/// which only names itself, gets `401` with `invalid_client` (§2.1).
///
/// # Cancel safety
///
/// Nothing is ever changed.
#[derive(Clone, Debug)]
pub struct IntrospectionEndpoint {
    server: Server,
}

impl IntrospectionEndpoint {
    /// The introspection endpoint of a server.
    #[must_use]
    pub fn new(server: Server) -> Self {
        Self { server }
    }
}

impl<B> Service<Request<B>> for IntrospectionEndpoint
where
    B: Body<Data = Bytes> + Send + 'static,
{
    type Response = Response<AnswerBody>;
    type Error = Infallible;
    type Future = EndpointFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> EndpointFuture {
        let server = self.server.clone();
        EndpointFuture::new(async move {
            let answered = async {
                let (client, parameters) = receive(&server, request).await?;
                let token =
                    token(&parameters).map_err(|denial| server.refused(Some(&client), denial))?;
                server.introspect(&client, token).await
            };
            answered.await.map_or_else(
                |denial| denial.to_response(server.realm()),
                |introspection| introspected(&introspection),
            )
        })
    }
}
