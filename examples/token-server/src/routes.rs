//! The routes.

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
use crate::readiness::{Readiness, Report};
use crate::resources;

/// The paths of the token endpoint: those of bshaffer's and WSO2's servers, and league's.
pub(crate) const TOKEN_PATHS: [&str; 2] = ["/oauth2/token", "/access_token"];

/// The path of the revocation endpoint.
pub(crate) const REVOCATION_PATH: &str = "/oauth2/revoke";

/// The path of the introspection endpoint.
pub(crate) const INTROSPECTION_PATH: &str = "/oauth2/introspect";

/// The path of the authorization endpoint.
pub(crate) const AUTHORIZATION_PATH: &str = "/oauth2/authorize";

/// Returns the layer of the token endpoint, to be put around the [`router`], which refreshes then
/// do not pass.
pub(crate) fn token_endpoint(server: &Server) -> RefreshLayer {
    let refresh = RefreshLayer::new(server.clone()).with_grant_types(grants::TYPES);
    TOKEN_PATHS
        .into_iter()
        .fold(refresh, RefreshLayer::with_path)
}

/// Returns all routes but those of the [`documents`](crate::documents).
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
            router.route(path, post(grants::grant))
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

/// Reports that the process runs.
async fn health() -> Response {
    respond_json(StatusCode::OK, &json!({ "status": "ok" }))
}

/// Reports whether the store can serve.
async fn ready(readiness: Readiness) -> Response {
    let Report { status, body } = readiness.report().await;
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
    respond_json(
        status,
        &json!({ "error": code, "error_description": description }),
    )
}

pub(crate) fn respond_json(status: StatusCode, body: &Value) -> Response {
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
