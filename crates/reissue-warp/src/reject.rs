//! Rejections of the filters.

use reissue::bearer::{AccessDenied, BearerDenial};
use warp::Rejection;
use warp::reject::Reject;

use crate::respond::EndpointReply;

/// The rejection of a route that is not behind [`RefreshLayer`](reissue::RefreshLayer), so that no
/// client was authenticated.
///
/// The routes are set up wrongly. Unless a `recover` handles it, warp responds with `500`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no client was authenticated: put `reissue::RefreshLayer` around this route")]
#[non_exhaustive]
pub struct MissingLayer;

impl Reject for MissingLayer {}

/// The rejection of a request that [`bearer()`](crate::bearer()) denied, or a handler behind it
/// with `map_err(BearerRejection::from)?`.
///
/// [`recover_bearer`] turns it into the response of RFC 6750 §3. Without a `recover`, warp responds
/// with `500`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct BearerRejection(#[from] AccessDenied);

impl BearerRejection {
    /// Returns the reason.
    #[must_use]
    pub fn denial(&self) -> BearerDenial {
        self.0.denial()
    }

    /// Returns the response of RFC 6750 §3, as a reply.
    #[must_use]
    pub fn to_reply(&self) -> EndpointReply {
        EndpointReply(self.0.to_response())
    }
}

impl Reject for BearerRejection {}

/// Turns a [`BearerRejection`] into the response of RFC 6750 §3: `routes.recover(recover_bearer)`.
///
/// Call it from your own `recover` to handle other rejections as well:
///
/// ```
/// use reissue_warp::recover_bearer;
/// use warp::{Rejection, Reply};
///
/// async fn recover(rejection: Rejection) -> Result<warp::reply::Response, Rejection> {
///     if rejection.is_not_found() {
///         return Ok(warp::reply::with_status("nothing here", warp::http::StatusCode::NOT_FOUND)
///             .into_response());
///     }
///     recover_bearer(rejection).await.map(Reply::into_response)
/// }
/// ```
///
/// # Errors
///
/// The rejection itself, if it is no [`BearerRejection`].
pub async fn recover_bearer(rejection: Rejection) -> Result<EndpointReply, Rejection> {
    match rejection.find::<BearerRejection>() {
        Some(denied) => Ok(denied.to_reply()),
        None => Err(rejection),
    }
}
