//! What access tokens are good for here: a sample of a protected resource, and the subject's own sessions.

use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use http::StatusCode;
use reissue::bearer::{BearerLayer, VerifiedToken};
use reissue::{Server, SessionsEndpoint};
use serde_json::json;

use crate::routes::{answer, method_not_allowed};

/// The protected routes. A revoked access token, and one of an ended session, is refused at once: the store is asked.
/// `/whoami` takes every token, `/sessions` only those with the scope `sessions`.
pub(crate) fn router<S>(server: &Server) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let bearer = BearerLayer::of(server).with_session_check(server.clone());
    let sessions = SessionsEndpoint::builder(server.clone())
        .with_scope("sessions".parse().expect("one word is a scope"));
    Router::new()
        .route("/whoami", get(whoami).fallback(method_not_allowed))
        .nest_service("/sessions", sessions)
        .route_layer(bearer)
}

async fn whoami(Extension(token): Extension<VerifiedToken>) -> Response {
    let body = json!({
        "sub": token.subject,
        "client_id": token.client_id,
        "scope": token.scope.as_str(),
        "sid": token.sid.map(|sid| sid.to_string()),
    });
    answer(StatusCode::OK, &body)
}
