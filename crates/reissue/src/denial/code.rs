//! The error codes that clients get.

use std::fmt;

/// An `error` code of a response (RFC 6749 §5.2).
///
/// The codes that this crate sends are those of RFC 6749 §5.2, RFC 7009 §2.2.1 and RFC 8707 §2, and
/// `temporarily_unavailable` of RFC 6749 §4.1.2.1. A handler of a grant may use others in a
/// [denial of its own](crate::Denial::custom): those of the device grant (RFC 8628 §3.5) are among
/// the variants, and [`extension`](Self::extension) takes any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// The resource owner denied the request (RFC 8628 §3.5).
    AccessDenied,
    /// The user has not finished the authorization yet (RFC 8628 §3.5).
    AuthorizationPending,
    /// The device code has expired (RFC 8628 §3.5).
    ExpiredToken,
    /// A code that is not among these variants (RFC 6749 §8.5). Made by
    /// [`extension`](Self::extension).
    Extension(ExtensionCode),
    /// Client authentication failed.
    InvalidClient,
    /// The grant or refresh token is invalid, expired, revoked, or was issued to another client.
    InvalidGrant,
    /// The request is malformed.
    InvalidRequest,
    /// The scope is malformed or exceeds what was granted.
    InvalidScope,
    /// The resource is malformed or exceeds what was granted (RFC 8707 §2).
    InvalidTarget,
    /// The client polls too fast (RFC 8628 §3.5).
    SlowDown,
    /// Something that the server depends on failed. The same request may succeed later.
    TemporarilyUnavailable,
    /// The client may not use this grant type.
    UnauthorizedClient,
    /// The server does not support this grant type.
    UnsupportedGrantType,
    /// The server does not revoke tokens of this type (RFC 7009 §2.2.1).
    UnsupportedTokenType,
}

/// The text of [`ErrorCode::Extension`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExtensionCode(&'static str);

impl ErrorCode {
    /// Returns a code of an extension (RFC 6749 §8.5).
    ///
    /// ```
    /// use reissue::ErrorCode;
    ///
    /// const MFA_REQUIRED: ErrorCode = ErrorCode::extension("mfa_required");
    /// assert_eq!(MFA_REQUIRED.as_str(), "mfa_required");
    /// ```
    ///
    /// # Panics
    ///
    /// If the text is empty or has characters that RFC 6749 §5.2 forbids in `error`. In a constant,
    /// as above, this is an error of the compiler.
    #[must_use]
    pub const fn extension(code: &'static str) -> Self {
        assert!(!code.is_empty(), "an error code must not be empty");
        assert!(
            is_error_text(code),
            "an error code is printable ASCII without quote and backslash"
        );
        Self::Extension(ExtensionCode(code))
    }

    /// Returns the code as it is in responses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::AuthorizationPending => "authorization_pending",
            Self::ExpiredToken => "expired_token",
            Self::Extension(ExtensionCode(code)) => code,
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::SlowDown => "slow_down",
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

/// Returns whether a text may be an `error` or an `error_description` (RFC 6749 §5.2):
/// `%x20-21 / %x23-5B / %x5D-7E`.
pub(super) const fn is_error_text(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !matches!(bytes[at], 0x20..=0x21 | 0x23..=0x5B | 0x5D..=0x7E) {
            return false;
        }
        at += 1;
    }
    true
}
