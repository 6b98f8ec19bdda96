//! `BearerDenial`: why a request to a resource server is denied.

use http::StatusCode;

use crate::token::VerifyError;

/// Why a request to a resource server is denied.
///
/// The client only gets the status and the `error` of the challenge. The reason itself is for
/// operators: it is in the extensions of the response, in the log, in the
/// [hook](super::BearerLayer::with_denial_hook) and in `Display`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum BearerDenial {
    /// The token is for other resource servers.
    #[error("the access token is for another audience")]
    AudienceMismatch,
    /// The token is authentic, but its claims are not those of an access token (RFC 9068 §2.2).
    #[error("the claims are not those of an access token")]
    ClaimsMalformed,
    /// There is no token behind the scheme, or more than a token.
    #[error("the authorization header is malformed")]
    CredentialsMalformed,
    /// There is no `Authorization` header, or one of another scheme.
    #[error("there is no access token")]
    CredentialsMissing,
    /// There are two `Authorization` headers.
    #[error("there are several authorization headers")]
    CredentialsRepeated,
    /// `exp` of the token has passed.
    #[error("the access token has expired")]
    Expired,
    /// The token is of another issuer.
    #[error("the access token is of another issuer")]
    IssuerMismatch,
    /// The token is bound to a key that the request does not prove to have, or is presented under
    /// the wrong scheme (RFC 8705 §3, RFC 9449 §7.1).
    #[error("the proof of possession is missing or another key's")]
    KeyMismatch,
    /// `nbf` of the token has not passed.
    #[error("the access token is not valid yet")]
    NotYetValid,
    /// The token lacks a scope that the route requires.
    #[error("the access token lacks a required scope")]
    ScopeInsufficient,
    /// The session of the token was revoked or has expired.
    #[error("the session of the access token has ended")]
    SessionMissing,
    /// The token belongs to no session, and the route requires one: usually a client's own token.
    #[error("the access token belongs to no session")]
    SessionRequired,
    /// The store failed, so it is unknown whether the token is revoked or its session has ended.
    #[error("the session store is unavailable")]
    StoreUnavailable,
    /// The token was revoked (RFC 7009).
    #[error("the access token was revoked")]
    TokenRevoked,
    /// The token cannot be verified.
    #[error("the access token cannot be verified: {0}")]
    Unverified(VerifyError),
}

impl BearerDenial {
    /// Returns a stable name, for logs and for labels of metrics.
    ///
    /// ```
    /// use reissue::bearer::BearerDenial;
    ///
    /// assert_eq!(BearerDenial::ScopeInsufficient.name(), "scope_insufficient");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AudienceMismatch => "audience_mismatch",
            Self::ClaimsMalformed => "claims_malformed",
            Self::CredentialsMalformed => "credentials_malformed",
            Self::CredentialsMissing => "credentials_missing",
            Self::CredentialsRepeated => "credentials_repeated",
            Self::Expired => "expired",
            Self::IssuerMismatch => "issuer_mismatch",
            Self::KeyMismatch => "key_mismatch",
            Self::NotYetValid => "not_yet_valid",
            Self::ScopeInsufficient => "scope_insufficient",
            Self::SessionMissing => "session_missing",
            Self::SessionRequired => "session_required",
            Self::StoreUnavailable => "store_unavailable",
            Self::TokenRevoked => "token_revoked",
            Self::Unverified(VerifyError::Invalid) => "token_invalid",
            Self::Unverified(VerifyError::Malformed) => "token_malformed",
            Self::Unverified(VerifyError::UnknownKey) => "unknown_key",
        }
    }

    /// Returns the status of the response.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::CredentialsMalformed | Self::CredentialsRepeated => StatusCode::BAD_REQUEST,
            Self::ScopeInsufficient | Self::SessionRequired => StatusCode::FORBIDDEN,
            Self::StoreUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNAUTHORIZED,
        }
    }

    /// Returns the `error` of the challenge (RFC 6750 §3.1).
    ///
    /// `None` for a request without a token, which only learns that it needs one; for
    /// [`SessionRequired`](Self::SessionRequired), which no scope can satisfy; and for
    /// [`StoreUnavailable`](Self::StoreUnavailable), which is no fault of the request.
    #[must_use]
    pub const fn error(self) -> Option<&'static str> {
        match self {
            Self::CredentialsMalformed | Self::CredentialsRepeated => Some("invalid_request"),
            Self::CredentialsMissing | Self::SessionRequired | Self::StoreUnavailable => None,
            Self::ScopeInsufficient => Some("insufficient_scope"),
            _ => Some("invalid_token"),
        }
    }
}
