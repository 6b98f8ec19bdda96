use std::time::Duration;

use crate::grant::{GrantType, Scope};

/// What the application sets.
#[derive(Clone, Debug)]
pub(super) struct MetadataOptions {
    pub(super) authorization_endpoint: Option<String>,
    pub(super) token_endpoint: Option<String>,
    pub(super) jwks_uri: Option<String>,
    pub(super) revocation_endpoint: Option<String>,
    pub(super) introspection_endpoint: Option<String>,
    pub(super) scopes: Option<Scope>,
    pub(super) response_types: Vec<String>,
    pub(super) grant_types: Option<Vec<GrantType>>,
    pub(super) code_challenge_methods: Vec<String>,
    pub(super) authorization_response_iss: bool,
    pub(super) max_age: Duration,
}

impl Default for MetadataOptions {
    fn default() -> Self {
        Self {
            authorization_endpoint: None,
            token_endpoint: None,
            jwks_uri: None,
            revocation_endpoint: None,
            introspection_endpoint: None,
            scopes: None,
            response_types: Vec::new(),
            grant_types: None,
            code_challenge_methods: Vec::new(),
            authorization_response_iss: false,
            max_age: Duration::from_secs(3_600),
        }
    }
}
