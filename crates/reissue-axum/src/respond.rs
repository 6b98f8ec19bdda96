//! Responses of a handler to a token request.

use axum_core::response::{IntoResponse, Response};
use reissue::{Denial, Grant, ServerError};

/// A response with a grant, which [`RefreshLayer`](reissue::RefreshLayer) turns into tokens.
///
/// It is an empty `200` with the [`Grant`] in its extensions. Without the layer, the client gets
/// the empty response. Headers can be added, `([("x-login", "1")], Granted(grant))`. The status
/// must stay `200`, and the body is replaced.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "complete by definition")]
pub struct Granted(pub Grant);

impl From<Grant> for Granted {
    fn from(grant: Grant) -> Self {
        Self(grant)
    }
}

impl IntoResponse for Granted {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// A response that denies a grant. [`RefreshLayer`](reissue::RefreshLayer) adds the body and the
/// headers of RFC 6749 §5.2, with the realm of the server.
///
/// It is an empty response with the status of the [`Denial`] and the denial in its extensions.
/// Headers can be added, `([("x-login", "1")], Denied(denial))`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
#[expect(clippy::exhaustive_structs, reason = "complete by definition")]
pub struct Denied(#[from] pub Denial);

/// For a handler that calls the [`Server`](reissue::Server) itself.
impl From<ServerError> for Denied {
    fn from(error: ServerError) -> Self {
        Self(error.denial())
    }
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        self.0.to_response()
    }
}
