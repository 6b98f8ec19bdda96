//! A registered client.

use std::fmt;

use super::{AuthMethod, SecretHash};
use crate::clock::Timestamp;
use crate::config::ConfigError;
use crate::grant::Scope;
use crate::policy::{Policy, Rotation};

/// A registered client (RFC 6749 §2).
///
/// ```
/// use reissue::client::{AuthMethod, Client, SecretHash};
///
/// let web = Client::confidential("web", SecretHash::sha256("a generated secret of 256 bits"))
///     .with_grants(["authorization_code", "refresh_token"])
///     .with_scope("openid read write".parse().unwrap())
///     .with_auth_methods([AuthMethod::ClientSecretBasic]);
/// assert!(web.may_use("refresh_token"));
///
/// let app = Client::public("app");
/// assert!(!app.is_confidential());
/// ```
#[derive(Clone)]
pub struct Client {
    id: String,
    pub(super) secrets: Vec<(SecretHash, Option<Timestamp>)>,
    pub(super) auth_methods: Vec<AuthMethod>,
    pub(super) grants: Vec<String>,
    scope: Option<Scope>,
    enabled: bool,
    introspects: bool,
    sender_constrained: bool,
    policy: Option<Policy>,
}

impl Client {
    /// A client that cannot keep a secret.
    #[must_use]
    pub fn public(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secrets: Vec::new(),
            auth_methods: vec![AuthMethod::None],
            grants: vec!["refresh_token".to_owned()],
            scope: None,
            enabled: true,
            introspects: false,
            sender_constrained: false,
            policy: None,
        }
    }

    /// A client with a secret, which it may send in the header or in the body.
    #[must_use]
    pub fn confidential(id: impl Into<String>, secret: SecretHash) -> Self {
        Self {
            secrets: vec![(secret, None)],
            auth_methods: vec![AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost],
            ..Self::public(id)
        }
    }

    /// One more secret that is as good as the others until `expires_at`: for exchanging secrets without an outage.
    #[must_use]
    pub fn with_secret(mut self, secret: SecretHash, expires_at: Option<Timestamp>) -> Self {
        self.secrets.push((secret, expires_at));
        self
    }

    /// The ways in which it may authenticate.
    #[must_use]
    pub fn with_auth_methods(self, methods: impl IntoIterator<Item = AuthMethod>) -> Self {
        Self {
            auth_methods: methods.into_iter().collect(),
            ..self
        }
    }

    /// The grant types that it may use. Default: `refresh_token`.
    #[must_use]
    pub fn with_grants<T>(self, grants: impl IntoIterator<Item = T>) -> Self
    where
        T: Into<String>,
    {
        Self {
            grants: grants.into_iter().map(Into::into).collect(),
            ..self
        }
    }

    /// The scope that it may be granted at most: a grant beyond it is not issued. Default: any.
    #[must_use]
    pub fn with_scope(self, scope: Scope) -> Self {
        Self {
            scope: Some(scope),
            ..self
        }
    }

    /// Whether it may do anything at all. Default: yes.
    #[must_use]
    pub fn with_enabled(self, enabled: bool) -> Self {
        Self { enabled, ..self }
    }

    /// Whether it may introspect the tokens of other clients (RFC 7662 §2.1). Default: no. It must authenticate to
    /// introspect any: a public client cannot.
    #[must_use]
    pub fn with_introspection(self, introspects: bool) -> Self {
        Self {
            introspects,
            ..self
        }
    }

    /// Declares that every grant to it is bound to a key: one without a
    /// [`Confirmation`](crate::grant::Confirmation) is not issued. It makes [`Rotation::Keep`] safe for a public client.
    #[must_use]
    pub fn with_sender_constrained(self, sender_constrained: bool) -> Self {
        Self {
            sender_constrained,
            ..self
        }
    }

    /// A policy of its own instead of the server's.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self {
            policy: Some(policy),
            ..self
        }
    }

    /// The `client_id`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether it has ways to authenticate.
    #[must_use]
    pub fn is_confidential(&self) -> bool {
        !self.auth_methods.contains(&AuthMethod::None)
    }

    /// Whether it may do anything at all.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// Whether it may use a grant type.
    #[must_use]
    pub fn may_use(&self, grant_type: &str) -> bool {
        self.grants.iter().any(|own| own == grant_type)
    }

    /// The scope that it may be granted at most; `None` for any.
    #[must_use]
    pub fn scope(&self) -> Option<&Scope> {
        self.scope.as_ref()
    }

    /// Whether it may introspect the tokens of other clients.
    #[must_use]
    pub fn introspects(&self) -> bool {
        self.introspects
    }

    /// Whether every grant to it is bound to a key.
    #[must_use]
    pub fn is_sender_constrained(&self) -> bool {
        self.sender_constrained
    }

    /// The policy of its own, if it has one.
    #[must_use]
    pub fn policy(&self) -> Option<&Policy> {
        self.policy.as_ref()
    }

    /// Whether the client can be served under its policy, or else the server's `default`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] that names the client: for an empty id, for a secret-less confidential client, and for
    /// [`Rotation::Keep`] or [`Rotation::Converge`] with a public client that is not sender-constrained
    /// (RFC 9700 §2.2.2).
    pub fn check(&self, default: &Policy) -> Result<(), ConfigError> {
        let wrong = |expected| Err(ConfigError::new(format!("client {}", self.id), expected));
        if self.id.is_empty() || self.id.chars().any(char::is_control) {
            return Err(ConfigError::new("client", "an id of printable characters"));
        }
        if self.is_confidential() && self.secrets.is_empty() {
            return wrong("a secret, or the authentication method none");
        }
        let rotation = self.policy.as_ref().unwrap_or(default).rotation();
        if rotation != Rotation::Rotate && !self.is_confidential() && !self.sender_constrained {
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
            .field("grants", &self.grants)
            .field("scope", &self.scope)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}
