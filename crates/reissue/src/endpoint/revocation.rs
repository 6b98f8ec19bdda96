//! Revocation (RFC 7009).

use std::convert::Infallible;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::EndpointFuture;
use crate::server::Server;
use crate::wire::{AnswerBody, receive, revoked, token};

/// Answers revocation requests (RFC 7009 §2): `POST` of `token` by an authenticated client.
///
/// # Cancel safety
///
/// Dropping the future leaves the session alive or revoked.
#[derive(Clone, Debug)]
pub struct RevocationEndpoint {
    server: Server,
}

impl RevocationEndpoint {
    /// The revocation endpoint of a server.
    #[must_use]
    pub fn new(server: Server) -> Self {
        Self { server }
    }
}

impl<B> Service<Request<B>> for RevocationEndpoint
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
                server.revoke(&client, token).await
            };
            answered
                .await
                .map_or_else(|denial| denial.to_response(server.realm()), |()| revoked())
        })
    }
}
