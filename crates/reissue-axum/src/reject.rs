//! What an extractor says when there is nothing to extract.

use axum_core::response::{IntoResponse, Response};
use http::StatusCode;

/// The handler is not behind [`RefreshLayer`](reissue::RefreshLayer), so nobody has authenticated the client.
///
/// It is a mistake of whoever wired the routes, and answered like axum answers a missing `Extension`: `500` with this
/// message. Behind the layer it does not occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no client was authenticated: put `reissue::RefreshLayer` around this handler")]
#[non_exhaustive]
pub struct MissingLayer;

impl IntoResponse for MissingLayer {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.to_string()).into_response()
    }
}
