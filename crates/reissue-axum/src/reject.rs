//! Rejections of the extractors.

use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use reissue::bearer::{AccessDenied, BearerDenial};

/// The rejection of a handler that is not behind [`RefreshLayer`](reissue::RefreshLayer), so that
/// no client was authenticated.
///
/// The routes are set up wrongly. The response is the same as axum's for a missing `Extension`:
/// `500` with this message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no client was authenticated: put `reissue::RefreshLayer` around this handler")]
#[non_exhaustive]
pub struct MissingLayer;

impl IntoResponse for MissingLayer {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.to_string()).into_response()
    }
}

/// The rejection of a request behind [`BearerLayer`](reissue::bearer::BearerLayer).
///
/// Its response is that of RFC 6750 §3, with the realm of the layer. A handler can return it with
/// `?`: see [`BearerToken`](crate::BearerToken).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BearerRejection {
    /// The request lacks a token or a scope.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// The handler is not behind [`BearerLayer`](reissue::bearer::BearerLayer), so no token was
    /// verified. The routes are set up wrongly: the response is `500` with this message.
    #[error("no token was verified: put `reissue::bearer::BearerLayer` around this handler")]
    MissingLayer,
}

impl BearerRejection {
    /// Returns the reason, if a request was denied.
    #[must_use]
    pub fn denial(&self) -> Option<BearerDenial> {
        match self {
            Self::Denied(denied) => Some(denied.denial()),
            Self::MissingLayer => None,
        }
    }
}

impl IntoResponse for BearerRejection {
    fn into_response(self) -> Response {
        match self {
            Self::Denied(denied) => denied.to_response().map(Body::new),
            Self::MissingLayer => {
                (StatusCode::INTERNAL_SERVER_ERROR, self.to_string()).into_response()
            }
        }
    }
}
