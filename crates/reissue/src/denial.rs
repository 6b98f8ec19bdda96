//! Why a request is refused: one reason for operators, collapsed to the closed set of codes that clients may see.

use std::fmt;
use std::time::Duration;

/// The `error` codes that a client may see (RFC 6749 §5.2, RFC 7009 §2.2.1, RFC 8707 §2; `temporarily_unavailable` as in
/// RFC 6749 §4.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// Client authentication failed.
    InvalidClient,
    /// The grant or refresh token is invalid, expired, revoked, or somebody else's.
    InvalidGrant,
    /// The request is malformed.
    InvalidRequest,
    /// The scope is malformed or exceeds what was granted.
    InvalidScope,
    /// The resource is malformed or exceeds what was granted.
    InvalidTarget,
    /// Something that the server needs is out of order; the same request may succeed later.
    TemporarilyUnavailable,
    /// The client may not use this grant type.
    UnauthorizedClient,
    /// Nobody here answers this grant type.
    UnsupportedGrantType,
    /// The server does not revoke tokens of this type (RFC 7009 §2.2.1).
    UnsupportedTokenType,
}

impl ErrorCode {
    /// The code as it goes over the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedTokenType => "unsupported_token_type",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a request was refused.
///
/// The client sees [`code`](Denial::code) and [`description`](Denial::description), which are the same for every
/// reason to refuse a refresh token or a client. The reason itself is for operators: it is in the extensions of the
/// response, in [events](crate::event::Event), and in `Display`.
///
/// A service that answers other grants uses the same type for its own refusals, for example
/// [`Denial::GrantRejected`] for a wrong password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Denial {
    /// The client presents an assertion (RFC 7521 §4.2), which nothing here verifies.
    #[error("the client presents an assertion that is not verified here")]
    AssertionUnverified,
    /// The body is larger than the limit.
    #[error("the body is over the limit")]
    BodyTooLarge,
    /// The body ended with an error.
    #[error("the body could not be read")]
    BodyUnreadable,
    /// The client is switched off.
    #[error("the client is disabled")]
    ClientDisabled,
    /// The client may not authenticate with the method that it used.
    #[error("the client may not use this authentication method")]
    ClientMethodNotAllowed,
    /// Nobody knows the client.
    #[error("the client is unknown")]
    ClientUnknown,
    /// The client has only named itself, where it has to prove who it is (RFC 7662 §2.1).
    #[error("the client is public, and has proved nothing")]
    ClientUnproved,
    /// The registry of clients failed.
    #[error("the client registry is unavailable")]
    ClientsUnavailable,
    /// The body has a `Content-Encoding`.
    #[error("the body has a content encoding")]
    ContentEncoding,
    /// The `Content-Type` is missing, repeated, or not a form in UTF-8.
    #[error("the content type is not application/x-www-form-urlencoded in UTF-8")]
    ContentType,
    /// The family changed under every attempt to refresh it.
    #[error("the session kept changing while it was refreshed")]
    Contention,
    /// The `client_id` of the body is not the one of the `Authorization` header.
    #[error("client_id differs between header and body")]
    CredentialsDiffer,
    /// The `Authorization` header cannot be read as credentials.
    #[error("the client credentials are malformed")]
    CredentialsMalformed,
    /// There are no credentials, or no secret where one is needed.
    #[error("the client credentials are missing")]
    CredentialsMissing,
    /// The client authenticates in two ways at once (RFC 6749 §2.3).
    #[error("the client authenticates twice")]
    CredentialsTwice,
    /// The host denied the grant: a wrong password, a used code, a device not confirmed.
    #[error("the grant was rejected")]
    GrantRejected,
    /// What the grant [was given for](crate::Grant::single_use_id) was redeemed before.
    #[error("what the grant came from was redeemed before")]
    GrantReused,
    /// The client is not registered for the grant type.
    #[error("the client may not use this grant type")]
    GrantTypeNotAllowed,
    /// Nobody answers the grant type.
    #[error("the grant type is not supported")]
    GrantTypeUnsupported,
    /// The grant asks for more than fits into a refresh token, or for something the client may not have.
    #[error("the grant cannot be issued to this client")]
    GrantUnissuable,
    /// The host's hook denied the refresh.
    #[error("the host denied the refresh")]
    HookDenied,
    /// The host's hook failed.
    #[error("the host's hook failed")]
    HookFailed,
    /// The host's hook allowed more than was granted.
    #[error("the host's hook allowed more than was granted")]
    HookOverreached,
    /// The token is bound to a key that the request does not prove to have (RFC 8705 §4, RFC 9449 §5).
    #[error("the proof of possession is missing or another key's")]
    KeyMismatch,
    /// Not a `POST`.
    #[error("the method is not POST")]
    MethodNotAllowed,
    /// An access token could not be minted.
    #[error("the access token could not be minted")]
    MintFailed,
    /// A parameter cannot be decoded.
    #[error("a parameter is not properly encoded")]
    ParameterEncoding,
    /// A required parameter is missing or empty; which one is in the text.
    #[error("{0} is missing")]
    ParameterMissing(&'static str),
    /// A parameter appears twice.
    #[error("a parameter is repeated")]
    ParameterRepeated,
    /// The resource is not an absolute URI without fragment (RFC 8707 §2).
    #[error("the resource is malformed")]
    ResourceMalformed,
    /// The resource was not granted.
    #[error("the resource was not granted")]
    ResourceNotGranted,
    /// The store was rolled back further than it may heal.
    #[error("the store is behind the token by more than the heal limit")]
    RolledBack,
    /// The `Authorization` header uses another scheme than `Basic`.
    #[error("the authorization scheme is not Basic")]
    SchemeUnknown,
    /// The scope is not written as RFC 6749 §3.3 says.
    #[error("the scope is malformed")]
    ScopeMalformed,
    /// The scope was not granted.
    #[error("the scope was not granted")]
    ScopeNotGranted,
    /// No secret of the client is the presented one.
    #[error("the client secret is wrong")]
    SecretWrong,
    /// The secret could not be checked: too many checks are waiting.
    #[error("too many client secrets are being checked")]
    SecretsBusy,
    /// The subject has as many sessions as it may have.
    #[error("the subject is at its session limit")]
    SessionLimit,
    /// There is no such session: revoked, expired, or never there.
    #[error("the session is gone")]
    SessionMissing,
    /// Several holders of the session's tokens took turns, and the policy ends such a session.
    #[error("the session is shared by several holders")]
    SessionShared,
    /// The session store failed.
    #[error("the session store is unavailable")]
    StoreUnavailable,
    /// A `client_credentials` grant names another subject than the client.
    #[error("the subject of a client_credentials grant is not the client")]
    SubjectNotClient,
    /// The refresh token is past its deadline.
    #[error("the refresh token has expired")]
    TokenExpired,
    /// The refresh token belongs to another client.
    #[error("the refresh token belongs to another client")]
    TokenForeign,
    /// The refresh token names a key that is not in the ring.
    #[error("the refresh token is sealed with an unknown key")]
    TokenKeyUnknown,
    /// The refresh token does not open.
    #[error("the refresh token does not open")]
    TokenMalformed,
    /// A superseded refresh token was presented outside grace.
    #[error("the refresh token was reused")]
    TokenReused,
    /// A superseded refresh token was presented within grace, but too often.
    #[error("the superseded refresh token was presented too often")]
    TokenSuperseded,
    /// The token is an access token, and the server is built
    /// [without revocation of access tokens](crate::ServerBuilder::with_access_token_revocation).
    #[error("access tokens cannot be revoked here")]
    TokenTypeUnsupported,
    /// More wrong secrets came for one client from one address than are let through. See
    /// [`guessing`](crate::guessing).
    #[error("too many wrong client secrets")]
    TooManyGuesses {
        /// How long the client is told to wait, in whole seconds.
        retry_after: Duration,
    },
    /// There are more parameters than the limit.
    #[error("there are too many parameters")]
    TooManyParameters,
}

impl Denial {
    /// The code that the client sees.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::BodyTooLarge
            | Self::BodyUnreadable
            | Self::ContentEncoding
            | Self::ContentType
            | Self::CredentialsDiffer
            | Self::CredentialsTwice
            | Self::MethodNotAllowed
            | Self::ParameterEncoding
            | Self::ParameterMissing(_)
            | Self::ParameterRepeated
            | Self::TooManyParameters => ErrorCode::InvalidRequest,
            Self::AssertionUnverified
            | Self::ClientDisabled
            | Self::ClientMethodNotAllowed
            | Self::ClientUnknown
            | Self::ClientUnproved
            | Self::CredentialsMalformed
            | Self::CredentialsMissing
            | Self::SchemeUnknown
            | Self::SecretWrong
            | Self::TooManyGuesses { .. } => ErrorCode::InvalidClient,
            Self::GrantTypeNotAllowed => ErrorCode::UnauthorizedClient,
            Self::GrantTypeUnsupported => ErrorCode::UnsupportedGrantType,
            Self::TokenTypeUnsupported => ErrorCode::UnsupportedTokenType,
            Self::GrantRejected
            | Self::GrantReused
            | Self::GrantUnissuable
            | Self::HookDenied
            | Self::KeyMismatch
            | Self::RolledBack
            | Self::SessionLimit
            | Self::SessionMissing
            | Self::SessionShared
            | Self::SubjectNotClient
            | Self::TokenExpired
            | Self::TokenForeign
            | Self::TokenKeyUnknown
            | Self::TokenMalformed
            | Self::TokenReused
            | Self::TokenSuperseded => ErrorCode::InvalidGrant,
            Self::ScopeMalformed | Self::ScopeNotGranted => ErrorCode::InvalidScope,
            Self::ResourceMalformed | Self::ResourceNotGranted => ErrorCode::InvalidTarget,
            Self::ClientsUnavailable
            | Self::Contention
            | Self::HookFailed
            | Self::HookOverreached
            | Self::MintFailed
            | Self::SecretsBusy
            | Self::StoreUnavailable => ErrorCode::TemporarilyUnavailable,
        }
    }

    /// What the client is told beside the code.
    ///
    /// It helps with a malformed request and tells nothing about clients and tokens. Never an echo of input, and only
    /// characters of RFC 6749 §5.2.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::BodyTooLarge => "The request body is too large.",
            Self::BodyUnreadable => "The request body could not be read.",
            Self::ContentEncoding => "The request body must not have a content encoding.",
            Self::ContentType => {
                "The request body must be application/x-www-form-urlencoded in UTF-8."
            }
            Self::CredentialsDiffer => "The client_id of the body is not that of the header.",
            Self::CredentialsTwice => "The client must authenticate in one way only.",
            Self::MethodNotAllowed => "The request method must be POST.",
            Self::ParameterEncoding => "A parameter is not properly encoded.",
            Self::ParameterMissing(_) => "A required parameter is missing.",
            Self::ParameterRepeated => "A parameter is repeated.",
            Self::TooManyGuesses { .. } => {
                "Client authentication failed too often. Try again later."
            }
            Self::TooManyParameters => "There are too many parameters.",
            _ => match self.code() {
                ErrorCode::InvalidClient => "Client authentication failed.",
                ErrorCode::InvalidGrant => "The grant or refresh token is not valid.",
                ErrorCode::InvalidRequest => "The request is malformed.",
                ErrorCode::InvalidScope => "The scope is malformed or was not granted.",
                ErrorCode::InvalidTarget => "The resource is malformed or was not granted.",
                ErrorCode::TemporarilyUnavailable => "The server cannot answer now. Try again.",
                ErrorCode::UnauthorizedClient => "The client may not use this grant type.",
                ErrorCode::UnsupportedGrantType => "The grant type is not supported.",
                ErrorCode::UnsupportedTokenType => "Tokens of this type cannot be revoked.",
            },
        }
    }
}
