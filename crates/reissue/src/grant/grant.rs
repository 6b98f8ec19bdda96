//! What a subject authorised.

use super::{
    Claims, Confirmation, InvalidClaim, InvalidParameter, Resource, ResponseParameters, Scope,
};
use crate::clock::Timestamp;
use crate::json::Json;
use crate::store::OneTimeId;

/// What a subject authorised: the result of a login, from which tokens are issued.
///
/// The layer turns a `Grant` in the extensions of a `200` into tokens for the authenticated client.
///
/// ```
/// use reissue::{Grant, Scope};
///
/// let scope: Scope = "openid read".parse().unwrap();
/// let grant = Grant::new("alice").with_scope(scope).with_label("Firefox on Linux");
/// assert_eq!(grant.unwrap().subject, "alice");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Grant {
    /// Who authorised it: the `sub` of the tokens.
    pub subject: String,
    /// What the access tokens may be used for.
    pub scope: Scope,
    /// Where the access tokens may be used (RFC 8707): their `aud`. Empty: the server's default
    /// audience.
    pub resources: Vec<Resource>,
    /// When the subject authenticated, if known.
    pub auth_time: Option<Timestamp>,
    /// How the subject authenticated (`acr`), if known.
    pub acr: Option<String>,
    /// The key that every token of this grant is bound to, if any.
    pub confirmation: Option<Confirmation>,
    /// Further claims of the access tokens.
    pub claims: Claims,
    /// The name of the session for session lists: at most [`Grant::MAX_LABEL_LENGTH`] bytes. Not in
    /// any token.
    pub label: Option<String>,
    /// Further parameters of the response to this login. They are not stored in the session, so
    /// they are not in the response to a refresh.
    pub parameters: ResponseParameters,
    /// The id of what the grant was issued for, if it can be used once, such as an authorization
    /// code. Not in any token.
    pub single_use_id: Option<OneTimeId>,
}

impl Grant {
    /// The longest label of a session, in bytes of UTF-8. A grant with a longer one is not issued.
    pub const MAX_LABEL_LENGTH: usize = 256;

    /// Returns a grant of `subject` without scope.
    ///
    /// The subject is the `sub` of the tokens: the name of a user, or, for `client_credentials`,
    /// the id of the client itself. The application must make sure that no user has the id of a
    /// client as name, neither by choosing it nor by an import, because APIs only see `sub` (RFC
    /// 9068 §5).
    #[must_use]
    pub fn new(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            scope: Scope::empty(),
            resources: Vec::new(),
            auth_time: None,
            acr: None,
            confirmation: None,
            claims: Claims::default(),
            label: None,
            parameters: ResponseParameters::default(),
            single_use_id: None,
        }
    }

    /// Sets the scope.
    #[must_use]
    pub fn with_scope(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    /// Adds a resource where the access tokens may be used.
    #[must_use]
    pub fn with_resource(mut self, resource: Resource) -> Self {
        self.resources.push(resource);
        self
    }

    /// Sets when the subject authenticated.
    #[must_use]
    pub fn with_auth_time(self, auth_time: Timestamp) -> Self {
        Self {
            auth_time: Some(auth_time),
            ..self
        }
    }

    /// Sets how the subject authenticated.
    #[must_use]
    pub fn with_acr(self, acr: impl Into<String>) -> Self {
        Self {
            acr: Some(acr.into()),
            ..self
        }
    }

    /// Binds every token of this grant to a key.
    #[must_use]
    pub fn with_confirmation(self, confirmation: Confirmation) -> Self {
        Self {
            confirmation: Some(confirmation),
            ..self
        }
    }

    /// Adds a claim with any JSON value to every access token of this grant.
    ///
    /// # Errors
    ///
    /// [`InvalidClaim`] for a claim that the server sets, and for a value of more than
    /// [`Json::MAX_DEPTH`] levels.
    pub fn with_claim(
        mut self,
        name: impl Into<String>,
        value: impl Into<Json>,
    ) -> Result<Self, InvalidClaim> {
        self.claims.insert(name, value)?;
        Ok(self)
    }

    /// Adds a parameter to the response that the client gets for this grant (RFC 6749 §8.2), with
    /// any JSON value.
    ///
    /// It is only in that response. Parameters for each refresh are added by [the
    /// hook](crate::server::hook::RefreshOverrides::parameters).
    ///
    /// ```
    /// use reissue::Grant;
    ///
    /// let grant = Grant::new("alice").with_parameter("tenant", "blue").unwrap();
    /// assert_eq!(grant.parameters.get("tenant"), Some(&"blue".into()));
    /// assert!(Grant::new("alice").with_parameter("access_token", "mine").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidParameter`] for a name that RFC 6749 §5.1 or §5.2 gives a meaning, and for a value
    /// of more than [`Json::MAX_DEPTH`] levels.
    pub fn with_parameter(
        mut self,
        name: impl Into<String>,
        value: impl Into<Json>,
    ) -> Result<Self, InvalidParameter> {
        self.parameters.insert(name, value)?;
        Ok(self)
    }

    /// Sets the label of the session, for session lists.
    ///
    /// # Errors
    ///
    /// [`LabelTooLong`] for more than [`Grant::MAX_LABEL_LENGTH`] bytes: the store keeps the label
    /// with the session, and values from clients, such as a `User-Agent`, may have any length.
    pub fn with_label(self, label: impl Into<String>) -> Result<Self, LabelTooLong> {
        let label = label.into();
        if label.len() > Self::MAX_LABEL_LENGTH {
            return Err(LabelTooLong);
        }
        Ok(Self {
            label: Some(label),
            ..self
        })
    }

    /// Makes the grant single-use: `id` names what it was given for, such as an authorization code.
    ///
    /// The id is consumed as the last step of issuing, so a failure before does not consume it. If
    /// the grant is issued again, it is denied, and the session that it opened before ends (RFC
    /// 6749 §4.1.2). So check everything else before, above all the client and the proof of
    /// possession: otherwise a copied code is enough to end the session.
    ///
    /// The id is remembered for 10 minutes, the longest that an authorization code should live (RFC
    /// 6749 §4.1.2). The application must deny a code that is older.
    ///
    /// A handler with access to the [`Server`](crate::Server) derives the id with
    /// [`Server::one_time_id`](crate::Server::one_time_id).
    ///
    /// ```
    /// use reissue::Grant;
    /// use reissue::store::OneTimeId;
    ///
    /// let code = "SplxlOBeZQQYbYS6WxSbIA";
    /// let id = OneTimeId::derive("https://id.example", "code", code.as_bytes());
    /// let grant = Grant::new("alice").with_single_use_id(id);
    /// # assert!(grant.single_use_id.is_some());
    /// ```
    #[must_use]
    pub fn with_single_use_id(self, id: OneTimeId) -> Self {
        Self {
            single_use_id: Some(id),
            ..self
        }
    }
}

/// The error for a label of more than [`Grant::MAX_LABEL_LENGTH`] bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a session label has at most 256 bytes")]
#[non_exhaustive]
pub struct LabelTooLong;
