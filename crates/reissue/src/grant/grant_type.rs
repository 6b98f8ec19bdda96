//! Grant types: the ways in which a client gets tokens.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// The type of a grant: the `grant_type` of a token request (RFC 6749 §4).
///
/// The registered types are constants. An extension grant (RFC 6749 §4.5) is made from its name:
///
/// ```
/// use reissue::GrantType;
/// use reissue::client::Client;
///
/// let exchange = GrantType::new("urn:ietf:params:oauth:grant-type:token-exchange")?;
/// let app = Client::public("app").with_grant_types([GrantType::AUTHORIZATION_CODE, exchange]);
/// assert!(app.may_use(&GrantType::AUTHORIZATION_CODE));
/// assert!(app.may_use(&GrantType::REFRESH_TOKEN));
/// # Ok::<_, reissue::InvalidGrantType>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GrantType(Cow<'static, str>);

impl GrantType {
    /// An authorization code (RFC 6749 §4.1).
    pub const AUTHORIZATION_CODE: Self = Self(Cow::Borrowed("authorization_code"));

    /// The client itself, without a user (RFC 6749 §4.4). Never results in a refresh token.
    pub const CLIENT_CREDENTIALS: Self = Self(Cow::Borrowed("client_credentials"));

    /// A code that was entered on another device (RFC 8628 §3.4).
    pub const DEVICE_CODE: Self = Self(Cow::Borrowed(
        "urn:ietf:params:oauth:grant-type:device_code",
    ));

    /// A token straight from the authorization endpoint (RFC 6749 §4.2). Never results in a
    /// refresh token. RFC 9700 §2.1.2 advises against it.
    pub const IMPLICIT: Self = Self(Cow::Borrowed("implicit"));

    /// A signed assertion about a user (RFC 7523 §2.1).
    pub const JWT_BEARER: Self = Self(Cow::Borrowed("urn:ietf:params:oauth:grant-type:jwt-bearer"));

    /// The name and password of a user (RFC 6749 §4.3). RFC 9700 §2.4 forbids it: for the migration
    /// of old clients only.
    pub const PASSWORD: Self = Self(Cow::Borrowed("password"));

    /// A refresh token (RFC 6749 §6).
    pub const REFRESH_TOKEN: Self = Self(Cow::Borrowed("refresh_token"));

    /// Another token (RFC 8693 §2.1).
    pub const TOKEN_EXCHANGE: Self = Self(Cow::Borrowed(
        "urn:ietf:params:oauth:grant-type:token-exchange",
    ));

    /// Returns the grant type of this name.
    ///
    /// # Errors
    ///
    /// [`InvalidGrantType`] for an empty name, and for one with characters that neither a name nor
    /// a URI may have (RFC 6749 appendix A.10).
    pub fn new(name: impl Into<Cow<'static, str>>) -> Result<Self, InvalidGrantType> {
        let name = name.into();
        if name.is_empty() || !name.bytes().all(is_name_or_uri_character) {
            return Err(InvalidGrantType);
        }
        Ok(Self(name))
    }

    /// Returns the name, as requests and metadata write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for GrantType {
    type Err = InvalidGrantType;

    fn from_str(name: &str) -> Result<Self, InvalidGrantType> {
        Self::new(name.to_owned())
    }
}

impl fmt::Display for GrantType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for GrantType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GrantType").field(&self.0).finish()
    }
}

/// The error for an empty name of a grant type, or one with characters that are not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a grant type is a name or a URI of printable ASCII (RFC 6749 appendix A.10)")]
#[non_exhaustive]
pub struct InvalidGrantType;

/// Returns whether a byte may be in `grant-name = 1*name-char` or in a URI reference: the
/// unreserved and reserved characters of RFC 3986 and the percent sign, which include all
/// characters of a name.
fn is_name_or_uri_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

#[cfg(test)]
mod tests;
