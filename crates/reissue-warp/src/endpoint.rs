//! The endpoints of the core crate as filters.

use std::convert::Infallible;

use futures_core::Stream;
use http::{Extensions, HeaderMap, Method, Request};
use reissue::Confirmation;
use reissue::bearer::VerifiedToken;
use reissue::guessing::ClientAddress;
use tower_service::Service;
use warp::path::FullPath;
use warp::{Buf, Filter, Rejection, Reply};

use crate::filter_body::FilterBody;
use crate::respond::EndpointReply;

/// Returns a filter that responds with an endpoint of the core crate:
/// `warp::path!("revoke").and(endpoint(RevocationEndpoint::new(server)))`.
///
/// An endpoint behind the [bearer layer](reissue::bearer) works too:
/// `warp::path("sessions").and(endpoint(bearer.layer(sessions.with_path("/sessions"))))`, where
/// `sessions` is a [`SessionsEndpoint`](reissue::SessionsEndpoint).
///
/// The filter accepts every method, because the endpoint denies those that it does not support, and
/// takes the body. The endpoint gets the method, the whole path, the headers and the body of the
/// request, and the extensions that endpoints read: the [`ClientAddress`], the [`Confirmation`] of
/// a proof that an outer layer has verified, and the [`VerifiedToken`]. Other extensions are left
/// out, because warp filters can only get an extension by its type, and so is the query, which no
/// endpoint reads.
pub fn endpoint<S, B>(
    service: S,
) -> impl Filter<Extract = (EndpointReply<B>,), Error = Rejection> + Clone
where
    S: Service<Request<FilterBody>, Response = http::Response<B>, Error = Infallible>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
    B: Send,
    EndpointReply<B>: Reply,
{
    warp::method()
        .and(warp::path::full())
        .and(warp::header::headers_cloned())
        .and(extensions())
        .and(warp::body::stream())
        .then(move |method, path, headers, extensions, body| {
            let mut request = request(method, &path, headers, body);
            *request.extensions_mut() = extensions;
            respond(service.clone(), request)
        })
}

/// Extracts the extensions that endpoints read.
pub(crate) fn extensions() -> impl Filter<Extract = (Extensions,), Error = Infallible> + Copy {
    // Without the address, guesses at client secrets would not be limited.
    warp::ext::optional::<ClientAddress>()
        .and(warp::ext::optional::<Confirmation>())
        .and(warp::ext::optional::<VerifiedToken>())
        .map(|address, confirmation, token| {
            let mut extensions = Extensions::new();
            insert::<ClientAddress>(&mut extensions, address);
            insert::<Confirmation>(&mut extensions, confirmation);
            insert::<VerifiedToken>(&mut extensions, token);
            extensions
        })
}

fn insert<T>(extensions: &mut Extensions, extension: Option<T>)
where
    T: Clone + Send + Sync + 'static,
{
    if let Some(extension) = extension {
        extensions.insert(extension);
    }
}

async fn respond<S, B>(mut service: S, request: Request<FilterBody>) -> EndpointReply<B>
where
    S: Service<Request<FilterBody>, Response = http::Response<B>, Error = Infallible>,
{
    let Ok(()) = std::future::poll_fn(|cx| service.poll_ready(cx)).await;
    let Ok(response) = service.call(request).await;
    EndpointReply(response)
}

fn request<B, D>(
    method: Method,
    path: &FullPath,
    headers: HeaderMap,
    body: B,
) -> Request<FilterBody>
where
    B: Stream<Item = Result<D, warp::Error>> + Send + 'static,
    D: Buf,
{
    let mut request = Request::new(FilterBody::new(body));
    *request.method_mut() = method;
    // Always valid, because it was the path of a request.
    *request.uri_mut() = path.as_str().parse().unwrap_or_default();
    *request.headers_mut() = headers;
    request
}
