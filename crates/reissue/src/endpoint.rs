//! The endpoints beside the token endpoint: revocation (RFC 7009) and introspection (RFC 7662).

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use crate::body::AnswerBody;
use crate::client::AuthenticatedClient;
use crate::denial::Denial;
use crate::form::Parameters;
use crate::receive::{BODY_LIMIT, authenticate, read_form};
use crate::request::check_head;
use crate::response::{introspected, revoked};
use crate::server::Server;

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

/// The response of an endpoint.
pub struct EndpointFuture {
    answer: Pin<Box<dyn Future<Output = Response<AnswerBody>> + Send>>,
}

impl EndpointFuture {
    pub(crate) fn new(answer: impl Future<Output = Response<AnswerBody>> + Send + 'static) -> Self {
        Self {
            answer: Box::pin(answer),
        }
    }
}

impl Future for EndpointFuture {
    type Output = Result<Response<AnswerBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.answer.as_mut().poll(cx).map(Ok)
    }
}

impl fmt::Debug for EndpointFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointFuture").finish_non_exhaustive()
    }
}

async fn receive<B>(
    server: &Server,
    request: Request<B>,
) -> Result<(AuthenticatedClient, Parameters), Denial>
where
    B: Body<Data = Bytes>,
{
    let (mut head, body) = request.into_parts();
    check_head(&head.method, &head.headers).map_err(|denial| server.refused(None, denial))?;
    let (parameters, _) = read_form(server, body, BODY_LIMIT).await?;
    let client = authenticate(server, &mut head, &parameters).await?;
    Ok((client, parameters))
}

fn token(parameters: &Parameters) -> Result<&str, Denial> {
    parameters
        .get("token")
        .ok_or(Denial::ParameterMissing("token"))
}
