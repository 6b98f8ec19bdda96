//! Filters that verify access tokens.

use std::convert::Infallible;

use http::Request;
use reissue::bearer::{AccessDenied, BearerDenial, BearerLayer, VerifiedToken};
use warp::{Filter, Rejection};

use crate::endpoint::extensions;
use crate::reject::BearerRejection;

/// Returns a filter that verifies the access token of a request and extracts the [`VerifiedToken`],
/// so that public and protected routes can be combined.
///
/// ```
/// use reissue::bearer::{BearerLayer, VerifiedToken};
/// use reissue_warp::{BearerRejection, bearer, recover_bearer};
/// use warp::{Filter, Rejection, Reply};
///
/// fn routes(
///     layer: &BearerLayer,
/// ) -> impl Filter<Extract = (impl Reply + use<>,), Error = Rejection> + Clone + use<> {
///     let read = layer.clone().with_scope("read".parse().expect("one word is a scope"));
///     let whoami = warp::path!("whoami")
///         .and(bearer(layer))
///         .map(|token: VerifiedToken| token.subject);
///     let items = warp::path!("items").and(bearer(&read)).and_then(items);
///     let public = warp::path!("hello").map(|| "hello");
///     whoami.or(items).or(public).recover(recover_bearer)
/// }
///
/// // A rule that depends on the request. `?` responds with `403` and `insufficient_scope`.
/// async fn items(token: VerifiedToken) -> Result<String, Rejection> {
///     let write = "write".parse().expect("one word is a scope");
///     token.require_scope(&write).map_err(BearerRejection::from)?;
///     Ok("what can be written".to_owned())
/// }
/// ```
///
/// Put it after the filters of the path and the method: warp tries a route's filters from left to
/// right, and a request for another route must not be denied here. It reads the `Authorization`
/// header and does not take the body. A token that is bound to a key needs the
/// [`Confirmation`](reissue::Confirmation) in the request's extensions, from an outer layer.
///
/// Rejects with [`BearerRejection`], which [`recover_bearer`](crate::recover_bearer) turns into the
/// response.
pub fn bearer<T>(
    layer: &BearerLayer<T>,
) -> impl Filter<Extract = (VerifiedToken,), Error = Rejection> + Clone + use<T>
where
    T: Clone + Send + Sync + 'static,
{
    let layer = layer.clone();
    request().and_then(move |request: Request<()>| {
        let verified = layer.verify(&request);
        async { verified.await.map_err(rejection) }
    })
}

/// Returns a filter like [`bearer()`] for routes that serve requests without a token too, for which
/// it extracts `None`.
///
/// A token that is presented must still be valid: otherwise it rejects with [`BearerRejection`].
pub fn optional_bearer<T>(
    layer: &BearerLayer<T>,
) -> impl Filter<Extract = (Option<VerifiedToken>,), Error = Rejection> + Clone + use<T>
where
    T: Clone + Send + Sync + 'static,
{
    let layer = layer.clone().with_optional_token();
    request().and_then(move |request: Request<()>| {
        let verified = layer.verify(&request);
        async {
            match verified.await {
                Ok(token) => Ok(Some(token)),
                Err(denied) if denied.denial() == BearerDenial::CredentialsMissing => Ok(None),
                Err(denied) => Err(rejection(denied)),
            }
        }
    })
}

fn rejection(denied: AccessDenied) -> Rejection {
    BearerRejection::from(denied).into()
}

/// Extracts the parts of a request that are verified.
fn request() -> impl Filter<Extract = (Request<()>,), Error = Infallible> + Copy {
    warp::header::headers_cloned()
        .and(extensions())
        .map(|headers, extensions| {
            let mut request = Request::new(());
            *request.headers_mut() = headers;
            *request.extensions_mut() = extensions;
            request
        })
}
