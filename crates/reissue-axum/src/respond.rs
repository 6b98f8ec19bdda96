//! What a handler answers to a token request.

use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};
use reissue::{Denial, Grant};

/// Answers that a subject authorised this. [`RefreshLayer`](reissue::RefreshLayer) turns it into tokens.
///
/// It is an empty `200` with the [`Grant`] in its extensions. Without the layer around the handler that is all the client
/// gets: nothing of the grant is in the headers or the body. A response can be built around it,
/// `([("x-login", "1")], Granted(grant))`; its status must stay `200`, and its body is replaced.
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
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(self.0);
        response
    }
}

/// Answers that a grant is refused, as RFC 6749 §5.2 says and [`Denial::to_response`] writes it.
///
/// The realm of the `WWW-Authenticate` that goes with `invalid_client` is empty, because a handler does not know the
/// server. The layer has authenticated the client before the handler is called, so that hardly ever matters; where it does,
/// answer `denial.to_response(server.realm())`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
#[expect(clippy::exhaustive_structs, reason = "complete by definition")]
pub struct Denied(#[from] pub Denial);

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        self.0.to_response("").map(Body::new)
    }
}
