//! A registered client.

use std::fmt;

use super::{AuthMethod, ClientStatus, IntrospectionAccess, SecretHash, SenderConstraint};
use crate::clock::Timestamp;
use crate::config::ConfigError;
use crate::grant::{GrantType, Scope};
use crate::policy::{Policy, Rotation};

/// A registered client (RFC 6749 §2).
///
/// ```
/// use reissue::GrantType;
/// use reissue::client::{AuthMethod, Client, SecretHash};
///
/// let web = Client::confidential("web", SecretHash::sha256("a generated secret of 256 bits"))
///     .with_grant_types([GrantType::AUTHORIZATION_CODE])
///     .with_scope("openid read write".parse().unwrap())
///     .with_auth_methods([AuthMethod::ClientSecretBasic]);
/// assert!(web.may_use(&GrantType::AUTHORIZATION_CODE));
/// assert!(web.may_use(&GrantType::REFRESH_TOKEN));
///
/// let app = Client::public("app");
/// assert!(!app.is_confidential());
/// ```
#[derive(Clone)]
pub struct Client {
    id: String,
    pub(super) secrets: Vec<(SecretHash, Option<Timestamp>)>,
    pub(super) auth_methods: Vec<AuthMethod>,
    grant_types: Vec<GrantType>,
    scope: Option<Scope>,
    status: ClientStatus,
    introspection_access: IntrospectionAccess,
    sender_constraint: SenderConstraint,
    policy: Option<Policy>,
}

impl Client {
    /// Returns a client that cannot keep a secret (RFC 6749 §2.1), such as a mobile application or
    /// a page in a browser. It presents its id and no secret.
    #[must_use]
    pub fn public(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secrets: Vec::new(),
            auth_methods: vec![AuthMethod::None],
            grant_types: vec![GrantType::REFRESH_TOKEN],
            scope: None,
            status: ClientStatus::default(),
            introspection_access: IntrospectionAccess::default(),
            sender_constraint: SenderConstraint::default(),
            policy: None,
        }
    }

    /// Returns a client with a secret, which it may send in the header or in the body.
    #[must_use]
    pub fn confidential(id: impl Into<String>, secret: SecretHash) -> Self {
        Self {
            secrets: vec![(secret, None)],
            auth_methods: vec![AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost],
            ..Self::public(id)
        }
    }

    /// Adds a secret that is valid beside the others until `expires_at`, to replace secrets without
    /// an outage.
    #[must_use]
    pub fn with_secret(mut self, secret: SecretHash, expires_at: Option<Timestamp>) -> Self {
        self.secrets.push((secret, expires_at));
        self
    }

    /// Sets the ways in which the client may authenticate.
    ///
    /// Default: none for a [public](Self::public) client, the header and the body for a
    /// [confidential](Self::confidential) one.
    #[must_use]
    pub fn with_auth_methods(self, methods: impl IntoIterator<Item = AuthMethod>) -> Self {
        Self {
            auth_methods: methods.into_iter().collect(),
            ..self
        }
    }

    /// Adds grant types that the client may use. Default: `refresh_token`, which stays among them.
    ///
    /// A client that may use `refresh_token` gets a refresh token with each grant of a user. For a
    /// client that must get none, use [`without_refresh_token`](Self::without_refresh_token).
    ///
    /// ```
    /// use reissue::GrantType;
    /// use reissue::client::Client;
    ///
    /// let app = Client::public("app").with_grant_types([GrantType::AUTHORIZATION_CODE]);
    /// assert!(app.may_use(&GrantType::REFRESH_TOKEN));
    /// ```
    #[must_use]
    pub fn with_grant_types(mut self, grant_types: impl IntoIterator<Item = GrantType>) -> Self {
        for grant_type in grant_types {
            if !self.may_use(&grant_type) {
                self.grant_types.push(grant_type);
            }
        }
        self
    }

    /// Removes `refresh_token` from the grant types that the client may use: it gets no refresh
    /// tokens, and its logins open no sessions.
    #[must_use]
    pub fn without_refresh_token(mut self) -> Self {
        self.grant_types
            .retain(|own| *own != GrantType::REFRESH_TOKEN);
        self
    }

    /// Sets the widest scope that the client may be granted: a grant beyond it is not issued.
    /// Default: any.
    #[must_use]
    pub fn with_scope(self, scope: Scope) -> Self {
        Self {
            scope: Some(scope),
            ..self
        }
    }

    /// Sets whether the client is enabled. Default: [`ClientStatus::Enabled`].
    #[must_use]
    pub fn with_status(self, status: ClientStatus) -> Self {
        Self { status, ..self }
    }

    /// Sets which tokens the client may introspect (RFC 7662 §2.1). Default:
    /// [`IntrospectionAccess::OwnTokens`].
    ///
    /// Introspection requires authentication, so a public client cannot introspect any token.
    #[must_use]
    pub fn with_introspection_access(self, introspection_access: IntrospectionAccess) -> Self {
        Self {
            introspection_access,
            ..self
        }
    }

    /// Sets whether every grant to the client must be bound to a key. Default:
    /// [`SenderConstraint::Optional`]. [`SenderConstraint::Required`] makes [`Rotation::Keep`] safe
    /// for a public client.
    #[must_use]
    pub fn with_sender_constraint(self, sender_constraint: SenderConstraint) -> Self {
        Self {
            sender_constraint,
            ..self
        }
    }

    /// Sets a policy for this client instead of the server's.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self {
            policy: Some(policy),
            ..self
        }
    }

    /// Returns the `client_id`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns whether the client must authenticate.
    #[must_use]
    pub fn is_confidential(&self) -> bool {
        !self.auth_methods.contains(&AuthMethod::None)
    }

    /// Returns whether the client is enabled.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.status == ClientStatus::Enabled
    }

    /// Returns whether the client may use a grant type.
    #[must_use]
    pub fn may_use(&self, grant_type: &GrantType) -> bool {
        self.grant_types.contains(grant_type)
    }

    /// Returns the grant types that the client may use.
    pub fn grant_types(&self) -> impl Iterator<Item = &GrantType> {
        self.grant_types.iter()
    }

    /// Returns the widest scope that the client may be granted; `None` for any.
    #[must_use]
    pub fn scope(&self) -> Option<&Scope> {
        self.scope.as_ref()
    }

    /// Returns which tokens the client may introspect.
    #[must_use]
    pub fn introspection_access(&self) -> IntrospectionAccess {
        self.introspection_access
    }

    /// Returns whether every grant to the client must be bound to a key.
    #[must_use]
    pub fn is_sender_constrained(&self) -> bool {
        self.sender_constraint == SenderConstraint::Required
    }

    /// Returns the client's own policy, if it has one.
    #[must_use]
    pub fn policy(&self) -> Option<&Policy> {
        self.policy.as_ref()
    }

    /// Checks that the client can be served under its policy, or else under the server's `default`.
    ///
    /// # Errors
    ///
    /// A [`ConfigError`] that names the client: for an empty id, for a confidential client without
    /// a secret, and for [`Rotation::Keep`] or [`Rotation::Converge`] with a public client that is
    /// not sender-constrained (RFC 9700 §2.2.2).
    pub fn check(&self, default: &Policy) -> Result<(), ConfigError> {
        let wrong = |expected| Err(ConfigError::new(format!("client {}", self.id), expected));
        if self.id.is_empty() || self.id.chars().any(char::is_control) {
            return Err(ConfigError::new("client", "an id of printable characters"));
        }
        if self.is_confidential() && self.secrets.is_empty() {
            return wrong("a secret, or the authentication method none");
        }
        let rotation = self.policy.as_ref().unwrap_or(default).rotation();
        let is_bound = self.is_confidential() || self.is_sender_constrained();
        if rotation != Rotation::Rotate && !is_bound {
            return wrong("rotation = rotate, for it is public and not sender-constrained");
        }
        Ok(())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("id", &self.id)
            .field("auth_methods", &self.auth_methods)
            .field("grant_types", &self.grant_types)
            .field("scope", &self.scope)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
