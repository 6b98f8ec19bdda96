//! `AccessRequest`: the input of a verification.

use std::fmt;

use http::request::Parts;
use http::{HeaderMap, Request};

use super::credentials::TokenCredentials;
use super::denial::BearerDenial;
use crate::grant::{Confirmation, Scope};
use crate::guessing::ClientAddress;

/// The input of [`BearerLayer::verify`](super::BearerLayer::verify): the token that a request
/// presents, and what else is known about the request.
///
/// `&HeaderMap`, `&Request` and `&Parts` convert into it. The latter two include the
/// [`Confirmation`] and the [`ClientAddress`] in their extensions.
///
/// ```
/// use http::HeaderMap;
/// use reissue::bearer::AccessRequest;
/// use reissue::{Confirmation, Scope};
///
/// # fn request(headers: &HeaderMap) -> Result<(), reissue::InvalidScope> {
/// let write: Scope = "write".parse()?;
/// // Of the client certificate of the connection.
/// let thumbprint = "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2";
/// let certificate = Confirmation::X5tS256(thumbprint.to_owned());
/// let request = AccessRequest::new(headers)
///     .with_confirmation(&certificate)
///     .with_scope(&write);
/// # let _ = request;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
#[must_use]
pub struct AccessRequest<'a> {
    source: Source<'a>,
    pub(super) confirmation: Option<&'a Confirmation>,
    pub(super) scope: Option<&'a Scope>,
    pub(super) address: Option<ClientAddress>,
}

#[derive(Clone, Copy)]
enum Source<'a> {
    Headers(&'a HeaderMap),
    Token(&'a str),
}

impl<'a> AccessRequest<'a> {
    /// Takes the token from the `Authorization` header.
    pub fn new(headers: &'a HeaderMap) -> Self {
        Self::of(Source::Headers(headers))
    }

    /// Takes a token from elsewhere than the `Authorization` header: for example from the first
    /// message of a WebSocket, because browsers set no headers there.
    ///
    /// Never take it from a URL: URLs end up in logs and histories (RFC 9700 §4.3.2).
    pub fn from_token(token: &'a str) -> Self {
        Self::of(Source::Token(token))
    }

    /// Sets the key whose possession the request has proved, by a DPoP proof or a client
    /// certificate that was verified before. Default: none, so that tokens bound to a key are
    /// denied.
    pub fn with_confirmation(self, confirmation: &'a Confirmation) -> Self {
        Self {
            confirmation: Some(confirmation),
            ..self
        }
    }

    /// Requires this scope beside the one that the layer requires. Default: none.
    pub fn with_scope(self, scope: &'a Scope) -> Self {
        Self {
            scope: Some(scope),
            ..self
        }
    }

    /// Sets the address that is reported with a denial. Default: none.
    pub fn with_address(self, address: ClientAddress) -> Self {
        Self {
            address: Some(address),
            ..self
        }
    }

    pub(super) fn credentials(&self) -> Result<TokenCredentials<'a>, BearerDenial> {
        match self.source {
            Source::Headers(headers) => TokenCredentials::from_headers(headers),
            Source::Token(token) => TokenCredentials::from_token(token),
        }
    }

    fn of(source: Source<'a>) -> Self {
        Self {
            source,
            confirmation: None,
            scope: None,
            address: None,
        }
    }
}

impl<'a> From<&'a HeaderMap> for AccessRequest<'a> {
    fn from(headers: &'a HeaderMap) -> Self {
        Self::new(headers)
    }
}

impl<'a> From<&'a Parts> for AccessRequest<'a> {
    fn from(parts: &'a Parts) -> Self {
        Self {
            confirmation: parts.extensions.get(),
            address: parts.extensions.get().copied(),
            ..Self::new(&parts.headers)
        }
    }
}

impl<'a, B> From<&'a Request<B>> for AccessRequest<'a> {
    fn from(request: &'a Request<B>) -> Self {
        let extensions = request.extensions();
        Self {
            confirmation: extensions.get(),
            address: extensions.get().copied(),
            ..Self::new(request.headers())
        }
    }
}

/// Without the token.
impl fmt::Debug for AccessRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessRequest")
            .field("confirmation", &self.confirmation)
            .field("scope", &self.scope)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
