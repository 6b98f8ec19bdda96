//! The endpoints of the core as filters.

use std::convert::Infallible;

use futures_core::Stream;
use http::{HeaderMap, Method, Request};
use reissue::AnswerBody;
use tower_service::Service;
use warp::path::FullPath;
use warp::{Buf, Filter, Rejection};

use crate::body::EndpointBody;
use crate::respond::Answer;

/// A filter that answers with an endpoint of the core:
/// `warp::path!("revoke").and(endpoint(RevocationEndpoint::new(server)))`.
///
/// It takes every method, as the endpoint refuses those it does not know, and takes the body. The endpoint gets method,
/// path, headers and body of the request; not its query, which no endpoint reads, and not its extensions.
pub fn endpoint<S>(service: S) -> impl Filter<Extract = (Answer,), Error = Rejection> + Clone
where
    S: Service<Request<EndpointBody>, Response = http::Response<AnswerBody>, Error = Infallible>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
{
    warp::method()
        .and(warp::path::full())
        .and(warp::header::headers_cloned())
        .and(warp::body::stream())
        .then(move |method, path, headers, body| {
            let request = request(method, &path, headers, body);
            answer(service.clone(), request)
        })
}

async fn answer<S>(mut service: S, request: Request<EndpointBody>) -> Answer
where
    S: Service<Request<EndpointBody>, Response = http::Response<AnswerBody>, Error = Infallible>,
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
