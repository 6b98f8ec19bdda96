//! Protected routes: a sample resource, and the subject's own sessions.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;
use reissue::bearer::BearerLayer;
use reissue::{Server, SessionsEndpoint};
use reissue_axum::BearerToken;
use serde_json::json;

use crate::routes::{method_not_allowed, respond_json};

/// Returns the protected routes. `/whoami` takes every token, `/sessions` only those with the scope
/// `sessions`. A revoked access token, and one of an ended session, is denied at once: each token
/// is looked up in the store.
pub(crate) fn router<S>(server: &Server) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let bearer = BearerLayer::for_server(server).with_session_check();
    let sessions = SessionsEndpoint::builder(server.clone())
        .with_scope("sessions".parse().expect("one word is a scope"));
    Router::new()
        .route("/whoami", get(whoami).fallback(method_not_allowed))
        .nest_service("/sessions", sessions)
        .route_layer(bearer)
}

async fn whoami(BearerToken(token): BearerToken) -> Response {
    let body = json!({
        "sub": token.subject,
        "client_id": token.client_id,
        "scope": token.scope.as_str(),
        "sid": token.sid.map(|sid| sid.to_string()),
    });
    respond_json(StatusCode::OK, &body)
}
