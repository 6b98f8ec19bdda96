//! `AccessDenied`: a denial and its response (RFC 6750 §3).

use std::sync::Arc;

use http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use http::{HeaderValue, Response};

use super::denial::BearerDenial;
use crate::grant::Scope;
use crate::token::TokenType;
use crate::wire::EndpointBody;
#[cfg(feature = "issue")]
use crate::wire::unavailable;

/// A denied request to a resource server: the reason, and the response that the client gets.
///
/// The error of [`BearerLayer::verify`](super::BearerLayer::verify) and of
/// [`VerifiedToken::require_scope`](super::VerifiedToken::require_scope).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{denial}")]
pub struct AccessDenied {
    pub(super) denial: BearerDenial,
    pub(super) scheme: TokenType,
    pub(super) realm: Arc<str>,
    pub(super) scope: Scope,
}

impl AccessDenied {
    /// Returns the denial for a service without a bearer layer. The realm must fit a quoted string.
    #[cfg(feature = "issue")]
    pub(crate) fn unguarded(realm: &str) -> Self {
        Self {
            denial: BearerDenial::CredentialsMissing,
            scheme: TokenType::Bearer,
            realm: realm.into(),
            scope: Scope::empty(),
        }
    }

    /// Returns the reason, for operators.
    #[must_use]
    pub fn denial(&self) -> BearerDenial {
        self.denial
    }

    /// Returns the value of `WWW-Authenticate` (RFC 6750 §3). `None` for
    /// [`BearerDenial::StoreUnavailable`], because the same token may be valid later.
    #[must_use]
    pub fn challenge(&self) -> Option<HeaderValue> {
        if self.denial == BearerDenial::StoreUnavailable {
            return None;
        }
        let mut challenge = format!("{} realm=\"{}\"", self.scheme.as_str(), self.realm);
        if let Some(error) = self.denial.error() {
            challenge.push_str(", error=\"");
            challenge.push_str(error);
            challenge.push('"');
        }
        if self.denial == BearerDenial::ScopeInsufficient {
            challenge.push_str(", scope=\"");
            challenge.push_str(self.scope.as_str());
            challenge.push('"');
        }
        // Always a valid value: realm and scope are printable ASCII without quote and backslash.
        HeaderValue::try_from(challenge).ok()
    }

    /// Returns the response, with the [`BearerDenial`] in its extensions. Never cached.
    #[must_use]
    pub fn to_response(&self) -> Response<EndpointBody> {
        let mut response = match self.denial {
            #[cfg(feature = "issue")]
            BearerDenial::StoreUnavailable => unavailable(&self.realm),
            _ => Response::new(EndpointBody::new(Vec::new())),
        };
        *response.status_mut() = self.denial.status();
        response.extensions_mut().insert(self.denial);
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(challenge) = self.challenge() {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
