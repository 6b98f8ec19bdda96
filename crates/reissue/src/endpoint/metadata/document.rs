use serde::Serialize;

use super::options::MetadataOptions;
use crate::client::AuthMethod;
use crate::grant::{GrantType, Scope};
use crate::key::Algorithm;
use crate::server::Server;

/// The document (RFC 8414 §2, RFC 9207 §3). There is no registered name for the algorithms of
/// access tokens; this one follows the pattern of the others (§2 allows more members).
#[derive(Serialize)]
struct Metadata<'a> {
    issuer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_endpoint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes_supported: Vec<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    response_types_supported: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    grant_types_supported: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revocation_endpoint: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    introspection_endpoint: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    code_challenge_methods_supported: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_response_iss_parameter_supported: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    access_token_signing_alg_values_supported: Vec<&'static str>,
}

/// Returns the document as JSON.
pub(super) fn text(server: &Server, options: &MetadataOptions) -> String {
    let methods = server.clients().auth_methods();
    let methods: Vec<&'static str> = methods.into_iter().map(AuthMethod::as_str).collect();
    let methods_at =
        |endpoint: &Option<String>| endpoint.as_ref().map_or_else(Vec::new, |_| methods.clone());
    // Public clients are denied there (RFC 7662 §2.1).
    let mut introspection_methods = methods_at(&options.introspection_endpoint);
    introspection_methods.retain(|method| *method != AuthMethod::None.as_str());
    let grant_types = match &options.grant_types {
        Some(own) => with_refresh_token(own),
        None => server.clients().grant_types(),
    };
    let metadata = Metadata {
        issuer: server.issuer(),
        authorization_endpoint: options.authorization_endpoint.as_deref(),
        token_endpoint: options.token_endpoint.as_deref(),
        jwks_uri: options
            .jwks_uri
            .as_deref()
            .filter(|_| server.jwks().is_some()),
        scopes_supported: options.scopes.iter().flat_map(Scope::iter).collect(),
        response_types_supported: &options.response_types,
        grant_types_supported: grant_types.iter().map(GrantType::as_str).collect(),
        token_endpoint_auth_methods_supported: methods_at(&options.token_endpoint),
        revocation_endpoint: options.revocation_endpoint.as_deref(),
        revocation_endpoint_auth_methods_supported: methods_at(&options.revocation_endpoint),
        introspection_endpoint: options.introspection_endpoint.as_deref(),
        introspection_endpoint_auth_methods_supported: introspection_methods,
        code_challenge_methods_supported: &options.code_challenge_methods,
        authorization_response_iss_parameter_supported: options
            .authorization_response_iss
            .then_some(true),
        access_token_signing_alg_values_supported: server
            .algorithms()
            .into_iter()
            .map(Algorithm::as_str)
            .collect(),
    };
    serde_json::to_string(&metadata).expect("texts and lists of them are JSON")
}

/// Returns the grant types of the application, each once, and `refresh_token`.
fn with_refresh_token(own: &[GrantType]) -> Vec<GrantType> {
    let mut all: Vec<GrantType> = Vec::with_capacity(own.len() + 1);
    for grant_type in own.iter().chain([&GrantType::REFRESH_TOKEN]) {
        if !all.contains(grant_type) {
            all.push(grant_type.clone());
        }
    }
    all
}
