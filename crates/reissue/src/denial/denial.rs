//! The reasons.

use std::time::Duration;

use super::{CustomDenial, ErrorCode};

/// Why a request was denied.
///
/// The client gets [`code`](Denial::code) and [`description`](Denial::description), which are the
/// same for every reason to deny a refresh token or to reject a client. The reason itself is for
/// operators: it is in the extensions of the response, in [events](crate::event::Event), and in
/// `Display`.
///
/// A service that handles other grants uses the same type for its own denials, for example
/// [`Denial::GrantRejected`] for a wrong password, or one of [its own](Denial::custom). It puts the
/// denial into the extensions of its response, as [`Denial::to_response`] does, and
/// [`RefreshLayer`](crate::RefreshLayer) writes the response to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Denial {
    /// The client presents an assertion (RFC 7521 §4.2), which this server does not verify.
    #[error("the client presents an assertion, which this server does not verify")]
    AssertionUnverified,
    /// The body is larger than the limit.
    #[error("the body is over the limit")]
    BodyTooLarge,
    /// The body ended with an error.
    #[error("the body could not be read")]
    BodyUnreadable,
    /// The client is disabled.
    #[error("the client is disabled")]
    ClientDisabled,
    /// The client may not authenticate with the method that it used.
    #[error("the client may not use this authentication method")]
    ClientMethodNotAllowed,
    /// The client is not registered.
    #[error("the client is not registered")]
    ClientUnknown,
    /// The client is public, where it has to authenticate (RFC 7662 §2.1).
    #[error("the client is public, and has not authenticated")]
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
    /// The session changed during every attempt to refresh it.
    #[error("the session changed during every attempt to refresh it")]
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
    /// A denial that the application defines. Made by [`Denial::custom`].
    #[error("the application denied the grant: {}", .0.code())]
    Custom(CustomDenial),
    /// The application denied the grant: a wrong password, a used code.
    #[error("the grant was rejected")]
    GrantRejected,
    /// The [single-use id](crate::Grant::single_use_id) of the grant was redeemed before.
    #[error("the single-use id of the grant was redeemed before")]
    GrantReused,
    /// The client is not registered for the grant type.
    #[error("the client may not use this grant type")]
    GrantTypeNotAllowed,
    /// The server does not support the grant type.
    #[error("the grant type is not supported")]
    GrantTypeUnsupported,
    /// The grant does not fit into a refresh token, or the client may not have it.
    #[error("the grant cannot be issued to this client")]
    GrantUnissuable,
    /// The application's hook denied the refresh.
    #[error("the application's hook denied the refresh")]
    HookDenied,
    /// The application's hook failed.
    #[error("the application's hook failed")]
    HookFailed,
    /// The application's hook allowed a scope that was not requested.
    #[error("the application's hook allowed a scope that was not requested")]
    HookOverreached,
    /// The token is bound to a key, and the request does not prove its possession (RFC 8705 §4, RFC
    /// 9449 §5).
    #[error("the proof of possession is missing or is for another key")]
    KeyMismatch,
    /// The method is not `POST`.
    #[error("the method is not POST")]
    MethodNotAllowed,
    /// An access token could not be minted.
    #[error("the access token could not be minted")]
    MintFailed,
    /// A parameter cannot be decoded.
    #[error("a parameter is not properly encoded")]
    ParameterEncoding,
    /// A required parameter is missing or empty: the one of this name.
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
    /// The store was rolled back by more than the heal limit.
    #[error("the store is behind the token by more than the heal limit")]
    RolledBack,
    /// The `Authorization` header uses another scheme than `Basic`.
    #[error("the authorization scheme is not Basic")]
    SchemeUnknown,
    /// The scope does not match the syntax of RFC 6749 §3.3.
    #[error("the scope is malformed")]
    ScopeMalformed,
    /// The scope was not granted.
    #[error("the scope was not granted")]
    ScopeNotGranted,
    /// The presented secret matches none of the client's.
    #[error("the client secret is wrong")]
    SecretWrong,
    /// The secret was not checked, because too many checks are waiting.
    #[error("too many client secrets are being checked")]
    SecretsBusy,
    /// The subject has reached its session limit.
    #[error("the subject is at its session limit")]
    SessionLimit,
    /// There is no such session: it was revoked, has expired, or never existed.
    #[error("the session has ended or does not exist")]
    SessionMissing,
    /// Several holders of the tokens of a session took turns, and the policy ends such a session.
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
    #[error("the refresh token names an unknown key")]
    TokenKeyUnknown,
    /// The refresh token is malformed or not authentic.
    #[error("the refresh token is not authentic")]
    TokenMalformed,
    /// A superseded refresh token was presented after its grace period.
    #[error("the refresh token was reused")]
    TokenReused,
    /// A superseded refresh token was presented within its grace period, but too often.
    #[error("the superseded refresh token was presented too often")]
    TokenSuperseded,
    /// The token is an access token, and the server is built
    /// [without revocation of access tokens](crate::ServerBuilder::with_access_token_revocation).
    #[error("access tokens cannot be revoked here")]
    TokenTypeUnsupported,
    /// Too many wrong passwords, or other secrets of a user, were tried. For the handler of a
    /// grant.
    #[error("too many attempts at a secret of the user")]
    TooManyAttempts {
        /// How long the client must wait, in whole seconds: the `Retry-After` of the response.
        retry_after: Duration,
    },
    /// More wrong secrets were sent for one client from one address than are allowed. See
    /// [`guessing`](crate::guessing).
    #[error("too many wrong client secrets")]
    TooManyGuesses {
        /// How long the client must wait, in whole seconds: the `Retry-After` of the response.
        retry_after: Duration,
    },
    /// There are more parameters than the limit.
    #[error("there are too many parameters")]
    TooManyParameters,
}

impl Denial {
    /// Returns a denial that the application defines, for a handler of a grant.
    ///
    /// The client gets the code and the description, and the status that belongs to the code:
    /// `401` for `invalid_client`, `503` for `temporarily_unavailable`, `400` for any other.
    ///
    /// ```
    /// use reissue::{Denial, ErrorCode};
    ///
    /// // The device grant, before the user has confirmed (RFC 8628 §3.5).
    /// const PENDING: Denial =
    ///     Denial::custom(ErrorCode::AuthorizationPending, "The user has not confirmed yet.");
    /// assert_eq!(PENDING.code().as_str(), "authorization_pending");
    /// assert_eq!(PENDING.description(), "The user has not confirmed yet.");
    /// ```
    ///
    /// # Panics
    ///
    /// If the description has characters that RFC 6749 §5.2 forbids in `error_description`. In a
    /// constant, as above, this is an error of the compiler.
    #[must_use]
    pub const fn custom(code: ErrorCode, description: &'static str) -> Self {
        Self::Custom(CustomDenial::new(code, description))
    }
}
