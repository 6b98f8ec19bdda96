//! `Refresh`: is this request ours? Pass it on, or answer it.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;

use super::config::TokenEndpoint;
use super::future::ResponseFuture;
use crate::client::AuthenticatedClient;
use crate::denial::Denial;
use crate::grant::{Confirmation, Grant};
use crate::server::RefreshRequest;
use crate::wire::{
    Parameters, RequestBody, ResponseBody, authenticate, check_head, granted, granted_in_place_of,
    read_form,
};

/// A token endpoint around a service that answers the other grants. Made by [`RefreshLayer`](super::RefreshLayer).
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
    S: Clone + Send + 'static,
    S::Future: Send,
    ReqBody: Body<Data = Bytes> + Send + 'static,
    ResBody: 'static,
{
    type Response = Response<ResponseBody<ResBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, ResBody, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        if !self.endpoint.covers(request.uri().path()) {
            return ResponseFuture::pass(self.inner.call(request.map(RequestBody::passed)));
        }
        // Taken even if the head is refused: what the inner service reserved goes back with it.
        let not_ready = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, not_ready);
        if let Err(denial) = check_head(request.method(), request.headers()) {
            let server = &self.endpoint.server;
            server.refused(None, denial);
            return ResponseFuture::deny(denial.to_response(server.realm()));
        }
        ResponseFuture::answer(answer(self.endpoint.clone(), ready, request))
    }
}

impl<S> fmt::Debug for Refresh<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

async fn answer<S, ReqBody, ResBody>(
    endpoint: Arc<TokenEndpoint>,
    mut ready: S,
    request: Request<ReqBody>,
) -> Result<Response<ResponseBody<ResBody>>, S::Error>
where
    S: Service<Request<RequestBody<ReqBody>>, Response = Response<ResBody>>,
    ReqBody: Body<Data = Bytes>,
{
    let server = &endpoint.server;
    let deny = |denial: Denial| {
        denial
            .to_response(server.realm())
            .map(ResponseBody::answered)
    };
    let (request, client, grant_type) = match receive(&endpoint, request).await {
        Ok(TokenRequest::Other {
            request,
            client,
            grant_type,
        }) => (request, client, grant_type),
        Ok(TokenRequest::Refresh { request, client }) => {
            // This request will never use what the inner service reserved for it.
            drop(ready);
            let answered = server.refresh(&client, request).await;
            return Ok(
                answered.map_or_else(deny, |tokens| granted(&tokens).map(ResponseBody::answered))
            );
        }
        Err(denial) => return Ok(deny(denial)),
    };
    let (mut head, body) = ready.call(request).await?.into_parts();
    let grant = (head.status == StatusCode::OK)
        .then(|| head.extensions.remove::<Grant>())
        .flatten();
    let Some(grant) = grant else {
        if let Some(denial) = head.extensions.get::<Denial>() {
            server.refused(Some(&client), *denial);
        }
        return Ok(Response::from_parts(head, ResponseBody::passed(body)));
    };
    drop(body);
    let issued = server.issue(&client, &grant_type, grant).await;
    Ok(issued.map_or_else(deny, |tokens| {
        granted_in_place_of(head, &tokens).map(ResponseBody::answered)
    }))
}

/// What a well-formed request of an authenticated client asks for.
#[expect(
    clippy::large_enum_variant,
    reason = "moved once, and then taken apart"
)]
enum TokenRequest<B> {
    Other {
        request: Request<RequestBody<B>>,
        client: AuthenticatedClient,
        grant_type: String,
    },
    Refresh {
        request: RefreshRequest,
        client: AuthenticatedClient,
    },
}

async fn receive<B>(
    endpoint: &TokenEndpoint,
    request: Request<B>,
) -> Result<TokenRequest<B>, Denial>
where
    B: Body<Data = Bytes>,
{
    let server = &endpoint.server;
    let (mut head, body) = request.into_parts();
    let (parameters, received) = read_form(server, body, endpoint.body_limit).await?;
    let grant_type = parameters
        .get("grant_type")
        .ok_or_else(|| server.refused(None, Denial::ParameterMissing("grant_type")))?;
    let client = authenticate(server, &mut head, &parameters).await?;
    let refused = |denial| server.refused(Some(&client), denial);
    if grant_type == "refresh_token" {
        let proved = head.extensions.remove::<Confirmation>();
        let request = RefreshRequest::read(&parameters).map_err(refused)?;
        return Ok(TokenRequest::Refresh {
            request: request.with_confirmation(proved),
            client,
        });
    }
    if !endpoint.supports(grant_type) {
        return Err(refused(Denial::GrantTypeUnsupported));
    }
    if !client.may_use(grant_type) {
        return Err(refused(Denial::GrantTypeNotAllowed));
    }
    let grant_type = grant_type.to_owned();
    head.extensions.insert(client.clone());
    head.extensions
        .insert::<Parameters>(parameters.without_credentials());
    Ok(TokenRequest::Other {
        request: Request::from_parts(head, RequestBody::replayed(received)),
        client,
        grant_type,
    })
}
