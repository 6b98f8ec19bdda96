//! A token endpoint for the refresh grant alone.

use std::convert::Infallible;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::EndpointFuture;
use crate::denial::Denial;
use crate::server::{Server, ServerError};
use crate::token_endpoint::{is_refresh, refresh};
use crate::wire::{BODY_LIMIT, EndpointBody, Parameters, ReadBody, Received, deny};

/// A token endpoint that supports `grant_type=refresh_token` only, for applications that open
/// sessions with [`Server::issue`]. Other grant types are denied with `unsupported_grant_type`.
///
/// For a service that handles other grants, use [`RefreshLayer`](crate::RefreshLayer) instead.
///
/// # Cancel safety
///
/// Dropping the future leaves the session before or after the rotation. See [`Server::refresh`].
///
/// ```
/// use http::Request;
/// use http_body_util::Full;
/// use reissue::client::{Client, ClientMap};
/// use reissue::store::MemoryStore;
/// use reissue::{Keys, RefreshEndpoint, Server};
/// use tower::ServiceExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let clients = ClientMap::new([Client::public("app")])?;
/// let store = MemoryStore::new();
/// let server = Server::builder("https://id.example", Keys::generate(), clients, store).build()?;
///
/// let request = Request::post("/token")
///     .header("content-type", "application/x-www-form-urlencoded")
///     .body(Full::<bytes::Bytes>::from("grant_type=password&client_id=app"))?;
/// let response = RefreshEndpoint::new(server).oneshot(request).await?;
/// assert_eq!(response.status(), 400);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RefreshEndpoint {
    server: Server,
}

impl RefreshEndpoint {
    /// Returns the endpoint of a server.
    #[must_use]
    pub fn new(server: Server) -> Self {
        Self { server }
    }
}

impl<B> Service<Request<B>> for RefreshEndpoint
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
        let server = self.server.clone();
        EndpointFuture::new(async move {
            let mut received = Received::default();
            let done = respond(&server, request, &mut received).await;
            done.unwrap_or_else(|error| deny(&server, &received, &error))
        })
    }
}

async fn respond<B>(
    server: &Server,
    request: Request<B>,
    received: &mut Received,
) -> Result<Response<EndpointBody>, ServerError>
where
    B: Body<Data = Bytes>,
{
    let (mut head, body) = request.into_parts();
    received.head(&head)?;
    let body = ReadBody::new(body, BODY_LIMIT).await?;
    let parameters = Parameters::parse(&body.data)?;
    if !is_refresh(&parameters)? {
        received.client(server, &mut head, parameters).await?;
        return Err(Denial::GrantTypeUnsupported.into());
    }
    refresh(server, &mut head, received, parameters).await
}
