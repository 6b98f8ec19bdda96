//! What is answered under which path.

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use reissue::{IntrospectionEndpoint, RefreshLayer, RevocationEndpoint, Server};
use serde_json::{Value, json};

use crate::authorize::{self, Authorize};
use crate::grants::{self, Grants};
use crate::readiness::{Answer, Readiness};
use crate::resources;

/// Where tokens are to be had, under the names that people know: bshaffer's and WSO2's, and league's.
pub(crate) const TOKEN_PATHS: [&str; 2] = ["/oauth2/token", "/access_token"];

/// Where tokens are revoked.
pub(crate) const REVOCATION_PATH: &str = "/oauth2/revoke";

/// Where tokens are introspected.
pub(crate) const INTROSPECTION_PATH: &str = "/oauth2/introspect";

/// Where browsers are sent to log in.
pub(crate) const AUTHORIZATION_PATH: &str = "/oauth2/authorize";

/// The token endpoint, to be put around the [`router`]: what it answers by itself, no router has to look at.
pub(crate) fn token_endpoint(server: &Server) -> RefreshLayer {
    let refresh = RefreshLayer::new(server.clone()).with_grant_types(grants::TYPES);
    TOKEN_PATHS
        .into_iter()
        .fold(refresh, RefreshLayer::with_path)
}

/// All routes but those of the [`documents`](crate::documents); those of the token endpoint for what it does not answer by itself.
pub(crate) fn router(server: &Server, grants: Grants, authorize: Authorize) -> Router {
    let authorization = get(authorize::show)
        .post(authorize::log_in)
        .fallback(method_not_allowed)
        .with_state(authorize);
    let readiness = Readiness::new(server.clone());
    let ready = move || ready(readiness);
    TOKEN_PATHS
        .into_iter()
        .fold(Router::new(), |router, path| {
            router.route(path, post(grants::answer))
        })
        .route(AUTHORIZATION_PATH, authorization)
        .route_service(REVOCATION_PATH, RevocationEndpoint::new(server.clone()))
        .route_service(
            INTROSPECTION_PATH,
            IntrospectionEndpoint::new(server.clone()),
        )
        .merge(resources::router(server))
        .route("/healthz", get(health).fallback(method_not_allowed))
        .route("/readyz", get(ready).fallback(method_not_allowed))
        .fallback(not_found)
        .with_state(grants)
}

/// The process runs.
async fn health() -> Response {
    answer(StatusCode::OK, &json!({ "status": "ok" }))
}

/// The process can do its work, as far as its store is concerned.
async fn ready(readiness: Readiness) -> Response {
    let Answer { status, body } = readiness.answer().await;
    respond(status, body)
}

async fn not_found() -> Response {
    refusal(
        StatusCode::NOT_FOUND,
        "not_found",
        "There is nothing at this path.",
    )
}

pub(crate) async fn method_not_allowed() -> Response {
    refusal(
        StatusCode::METHOD_NOT_ALLOWED,
        "invalid_request",
        "The request method is not supported here.",
    )
}

fn refusal(status: StatusCode, code: &str, description: &str) -> Response {
    answer(
        status,
        &json!({ "error": code, "error_description": description }),
    )
}

pub(crate) fn answer(status: StatusCode, body: &Value) -> Response {
    respond(status, body.to_string())
}

fn respond(status: StatusCode, body: impl Into<Body>) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, body.into()).into_response()
}

#[cfg(test)]
mod tests;
