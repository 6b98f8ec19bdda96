//! Why a request is refused, and the challenge that says so (RFC 6750 §3).

use http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};

use crate::grant::Scope;
use crate::server::TokenType;
use crate::token::OpenError;
use crate::wire::{EndpointBody, unavailable};

/// Why a request to a resource server is refused.
///
/// The client sees the status and the `error` of the challenge only. The reason itself is for operators: it is in the
/// extensions of the response and in `Display`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
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
    /// The token's time is over.
    #[error("the access token has expired")]
    Expired,
    /// The token is of another issuer.
    #[error("the access token is of another issuer")]
    IssuerMismatch,
    /// The token is bound to a key that the request does not prove to have, or is presented in the wrong way
    /// (RFC 8705 §3, RFC 9449 §7.1).
    #[error("the proof of possession is missing or another key's")]
    KeyMismatch,
    /// The token's time has not come (`nbf`).
    #[error("the access token is not valid yet")]
    NotYetValid,
    /// The token lacks a scope that the route requires.
    #[error("the access token lacks a required scope")]
    ScopeInsufficient,
    /// The session of the token was revoked or has expired.
    #[error("the session of the access token is gone")]
    SessionMissing,
    /// The token belongs to no session, where only a session has access: a client's own token.
    #[error("the access token belongs to no session")]
    SessionRequired,
    /// It cannot be told whether the token is revoked, or whether its session lives.
    #[error("the session store is unavailable")]
    StoreUnavailable,
    /// The token was revoked (RFC 7009).
    #[error("the access token was revoked")]
    TokenRevoked,
    /// The token does not open.
    #[error("the access token does not open: {0}")]
    Unopened(OpenError),
}

impl Refusal {
    /// The status of the response.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::CredentialsMalformed | Self::CredentialsRepeated => StatusCode::BAD_REQUEST,
            Self::ScopeInsufficient | Self::SessionRequired => StatusCode::FORBIDDEN,
            Self::StoreUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNAUTHORIZED,
        }
    }

    /// The `error` of the challenge (RFC 6750 §3.1). `None` for a request without a token, which is told that it needs
    /// one and nothing else; for [`Refusal::SessionRequired`], which no other scope would help; and for
    /// [`Refusal::StoreUnavailable`], which is no fault of the request.
    #[must_use]
    pub const fn error(self) -> Option<&'static str> {
        match self {
            Self::CredentialsMalformed | Self::CredentialsRepeated => Some("invalid_request"),
            Self::CredentialsMissing | Self::SessionRequired | Self::StoreUnavailable => None,
            Self::ScopeInsufficient => Some("insufficient_scope"),
            _ => Some("invalid_token"),
        }
    }

    /// The response that refuses. `realm` is fit for a quoted string, as are all scopes.
    pub(crate) fn to_response(
        self,
        scheme: TokenType,
        realm: &str,
        scope: &Scope,
    ) -> Response<EndpointBody> {
        let mut response = match self {
            Self::StoreUnavailable => unavailable(realm),
            _ => Response::new(EndpointBody::new(Vec::new())),
        };
        *response.status_mut() = self.status();
        response.extensions_mut().insert(self);
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self == Self::StoreUnavailable {
            return response;
        }
        let mut challenge = format!("{} realm=\"{realm}\"", scheme.as_str());
        if let Some(error) = self.error() {
            challenge.push_str(", error=\"");
            challenge.push_str(error);
            challenge.push('"');
        }
        if self == Self::ScopeInsufficient {
            challenge.push_str(", scope=\"");
            challenge.push_str(scope.as_str());
            challenge.push('"');
        }
        if let Ok(challenge) = HeaderValue::try_from(challenge) {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
