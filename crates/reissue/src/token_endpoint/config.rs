//! The configuration of a token endpoint.

use crate::grant::GrantType;
use crate::server::Server;

/// The configuration of a token endpoint.
#[derive(Clone, Debug)]
pub(super) struct TokenEndpoint {
    pub(super) server: Server,
    pub(super) paths: Vec<String>,
    pub(super) grant_types: Option<Vec<GrantType>>,
    pub(super) body_limit: usize,
}

impl TokenEndpoint {
    pub(super) fn covers(&self, path: &str) -> bool {
        self.paths.is_empty() || self.paths.iter().any(|own| own == path)
    }

    pub(super) fn supports(&self, grant_type: &GrantType) -> bool {
        self.grant_types
            .as_ref()
            .is_none_or(|supported| supported.contains(grant_type))
    }
}
