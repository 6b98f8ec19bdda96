//! What is answered under which path.

use std::error::Error;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use reissue::{IntrospectionEndpoint, RefreshLayer, RevocationEndpoint, Server};
use serde_json::{Value, json};
use tracing::error;

use crate::authorize::{self, Authorize};
use crate::grants::{self, Grants};
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
    let ready = {
        let server = server.clone();
        move || readiness(server)
    };
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
async fn readiness(server: Server) -> Response {
    match server.ready().await {
        Ok(findings) => {
            let finding = |finding: &reissue::store::Finding| json!({ "code": finding.code, "detail": finding.detail });
            let findings: Vec<Value> = findings.iter().map(finding).collect();
            answer(
                StatusCode::OK,
                &json!({ "status": "ready", "findings": findings }),
            )
        }
        Err(error) => {
            error!(error = &error as &(dyn Error + 'static), "not ready");
            answer(
                StatusCode::SERVICE_UNAVAILABLE,
                &json!({ "status": "not ready", "findings": [{
                    "code": "store-unavailable",
                    "detail": error.to_string(),
                }] }),
            )
        }
    }
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
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, Body::from(body.to_string())).into_response()
}

#[cfg(test)]
mod tests;
