//! How a token endpoint is set up.

use crate::server::Server;

/// How a token endpoint is set up.
#[derive(Clone, Debug)]
pub(super) struct TokenEndpoint {
    pub(super) server: Server,
    pub(super) paths: Vec<String>,
    pub(super) grant_types: Option<Vec<String>>,
    pub(super) body_limit: usize,
}

impl TokenEndpoint {
    pub(super) fn covers(&self, path: &str) -> bool {
        self.paths.is_empty() || self.paths.iter().any(|own| own == path)
    }

    pub(super) fn supports(&self, grant_type: &str) -> bool {
        self.grant_types
            .as_ref()
            .is_none_or(|supported| supported.iter().any(|own| own == grant_type))
    }
}
