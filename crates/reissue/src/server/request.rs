//! What a refresh asks for.

use crate::grant::{Confirmation, Resource, Scope};
use crate::secret::RefreshToken;

/// What a client asks of `grant_type=refresh_token` (RFC 6749 §6).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RefreshRequest {
    /// The refresh token that it presents.
    pub token: RefreshToken,
    /// The scope that it wants; all that was granted, without.
    pub scope: Option<Scope>,
    /// Where it wants to use the access token (RFC 8707); wherever was granted, without.
    pub resource: Option<Resource>,
    /// The key that the request has proved to hold.
    pub confirmation: Option<Confirmation>,
}

impl RefreshRequest {
    /// A request for all that was granted.
    #[must_use]
    pub fn new(token: RefreshToken) -> Self {
        Self {
            token,
            scope: None,
            resource: None,
            confirmation: None,
        }
    }

    /// Asks for a narrower scope.
    #[must_use]
    pub fn with_scope(self, scope: Scope) -> Self {
        Self {
            scope: Some(scope),
            ..self
        }
    }

    /// Asks for use at one resource.
    #[must_use]
    pub fn with_resource(self, resource: Resource) -> Self {
        Self {
            resource: Some(resource),
            ..self
        }
    }

    /// Says which key the request has proved to hold.
    #[must_use]
    pub fn with_confirmation(self, confirmation: Option<Confirmation>) -> Self {
        Self {
            confirmation,
            ..self
        }
    }
}
