//! The request for a refresh.

use crate::grant::{Confirmation, Resource, Scope};
use crate::secret::RefreshToken;

/// A request of a client with `grant_type=refresh_token` (RFC 6749 §6).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RefreshRequest {
    /// The presented refresh token.
    pub token: RefreshToken,
    /// The requested scope; `None` for all that was granted.
    pub scope: Option<Scope>,
    /// The resource that the access token is for (RFC 8707); `None` for all that were granted.
    pub resource: Option<Resource>,
    /// The key whose possession the request has proved.
    pub confirmation: Option<Confirmation>,
}

impl RefreshRequest {
    /// Returns a request for all that was granted.
    #[must_use]
    pub fn new(token: RefreshToken) -> Self {
        Self {
            token,
            scope: None,
            resource: None,
            confirmation: None,
        }
    }

    /// Requests a narrower scope.
    #[must_use]
    pub fn with_scope(self, scope: Scope) -> Self {
        Self {
            scope: Some(scope),
            ..self
        }
    }

    /// Requests an access token for one resource.
    #[must_use]
    pub fn with_resource(self, resource: Resource) -> Self {
        Self {
            resource: Some(resource),
            ..self
        }
    }

    /// Sets the key whose possession the request has proved.
    #[must_use]
    pub fn with_confirmation(self, confirmation: Option<Confirmation>) -> Self {
        Self {
            confirmation,
            ..self
        }
    }
}
