//! The public documents: the metadata of the server and its public keys.

use std::time::Duration;

use axum::Router;
use reissue::{JwksEndpoint, MetadataEndpoint, Server};

use crate::grants;
use crate::routes::{AUTHORIZATION_PATH, INTROSPECTION_PATH, REVOCATION_PATH, TOKEN_PATHS};

/// Returns the routes of the documents (RFC 8414 §3, RFC 7517), the keys with this `max-age`.
pub(crate) fn router(server: &Server, jwks_max_age: Duration) -> Router {
    let metadata = MetadataEndpoint::new(server.clone())
        .with_authorization_endpoint(AUTHORIZATION_PATH)
        .with_token_endpoint(TOKEN_PATHS[0])
        .with_revocation_endpoint(REVOCATION_PATH)
        .with_introspection_endpoint(INTROSPECTION_PATH)
        .with_jwks_uri(JWKS_PATH)
        .with_grant_types(grants::TYPES)
        .with_response_types(["code"])
        .with_code_challenge_methods(["S256"])
        .with_authorization_response_iss();
    let jwks = JwksEndpoint::new(server.clone()).with_max_age(jwks_max_age);
    Router::new()
        .route_service(METADATA_PATH, metadata)
        .route_service(JWKS_PATH, jwks)
}

const METADATA_PATH: &str = "/.well-known/oauth-authorization-server";
const JWKS_PATH: &str = "/.well-known/jwks.json";
