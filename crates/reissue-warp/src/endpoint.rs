//! The endpoints of the core as filters.

use std::convert::Infallible;

use futures_core::Stream;
use http::{HeaderMap, Method, Request};
use reissue::guessing::ClientAddress;
use tower_service::Service;
use warp::path::FullPath;
use warp::{Buf, Filter, Rejection, Reply};

use crate::body::EndpointBody;
use crate::respond::Answer;

/// A filter that answers with an endpoint of the core:
/// `warp::path!("revoke").and(endpoint(RevocationEndpoint::new(server)))`.
///
/// An endpoint behind the [bearer layer](reissue::bearer) is one too:
/// `warp::path("sessions").and(endpoint(bearer.layer(sessions.with_path("/sessions"))))`, where `sessions` is a
/// [`SessionsEndpoint`](reissue::SessionsEndpoint).
///
/// It takes every method, as the endpoint refuses those it does not know, and takes the body. The
/// endpoint gets method, the whole path, headers and body of the request, and the [`ClientAddress`]
/// of its extensions; not its query, which no endpoint reads, and no other extension.
pub fn endpoint<S, B>(service: S) -> impl Filter<Extract = (Answer<B>,), Error = Rejection> + Clone
where
    S: Service<Request<EndpointBody>, Response = http::Response<B>, Error = Infallible>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
    B: Send,
    Answer<B>: Reply,
{
    warp::method()
        .and(warp::path::full())
        .and(warp::header::headers_cloned())
        .and(warp::ext::optional::<ClientAddress>())
        .and(warp::body::stream())
        .then(move |method, path, headers, address, body| {
            let mut request = request(method, &path, headers, body);
            // Or client secrets could be guessed here without end.
            if let Some(address) = address {
                request.extensions_mut().insert::<ClientAddress>(address);
            }
            answer(service.clone(), request)
        })
}

async fn answer<S, B>(mut service: S, request: Request<EndpointBody>) -> Answer<B>
where
    S: Service<Request<EndpointBody>, Response = http::Response<B>, Error = Infallible>,
{
    let Ok(()) = std::future::poll_fn(|cx| service.poll_ready(cx)).await;
    let Ok(response) = service.call(request).await;
    Answer(response)
}

fn request<B, D>(
    method: Method,
    path: &FullPath,
    headers: HeaderMap,
    body: B,
) -> Request<EndpointBody>
where
    B: Stream<Item = Result<D, warp::Error>> + Send + 'static,
    D: Buf,
{
    let mut request = Request::new(EndpointBody::new(body));
    *request.method_mut() = method;
    // It was the path of a request already.
    *request.uri_mut() = path.as_str().parse().unwrap_or_default();
    *request.headers_mut() = headers;
    request
}
