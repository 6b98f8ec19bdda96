//! What a handler returns for a token request.

use axum_core::response::{IntoResponse, Response};
use reissue::{Denial, Grant, ServerError};

/// Grants what a subject authorised. [`RefreshLayer`](reissue::RefreshLayer) turns it into tokens.
///
/// It is an empty `200` with the [`Grant`] in its extensions. Without the layer, a client gets
/// nothing of the grant. A response can be built around it, `([("x-login", "1")], Granted(grant))`.
/// Its status must stay `200`, and its body is replaced.
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

/// Denies a grant. [`RefreshLayer`](reissue::RefreshLayer) writes the response of RFC 6749 §5.2,
/// with the realm of the server.
///
/// It is an empty response with the status of the [`Denial`] and the denial in its extensions. A
/// response can be built around it, `([("x-login", "1")], Denied(denial))`.
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
