//! The traits of a format of access tokens, and its errors.

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::key::{Algorithm, KeyError};

/// A verifier of access tokens: the part of a format that a resource server needs.
///
/// Tokens of more than 16 KiB are denied before they are decoded.
///
/// `JwtVerifier` and `PasetoVerifier` of this module hold public keys only; every
/// [`AccessTokenFormat`] verifies too.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not verify access tokens",
    note = "use `reissue::token::JwtVerifier`, `PasetoVerifier`, or an `AccessTokenFormat`"
)]
pub trait AccessTokenVerifier: Send + Sync + 'static {
    /// Verifies a token with a key that is valid at the time `now`, and returns its payload.
    ///
    /// Authenticity, type and algorithm are checked, claims are not.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] if the token is not one of this format and these keys.
    fn verify(&self, token: &str, now: Timestamp) -> Result<Vec<u8>, VerifyError>;
}

impl<T> AccessTokenVerifier for Arc<T>
where
    T: AccessTokenVerifier + ?Sized,
{
    fn verify(&self, token: &str, now: Timestamp) -> Result<Vec<u8>, VerifyError> {
        (**self).verify(token, now)
    }
}

/// A format of access tokens. It signs or encrypts claims with the [active
/// key](crate::key::KeyRing::active_at) of a ring, and verifies tokens of any key of the ring.
///
/// Tokens of more than 16 KiB are neither issued nor verified.
pub trait AccessTokenFormat: AccessTokenVerifier {
    /// Issues the bytes of a JSON object as a token, with the key that is active at the time `now`.
    ///
    /// # Errors
    ///
    /// [`IssueError`] if the token would be too long, or if the cryptographic library fails.
    fn issue(&self, payload: &[u8], now: Timestamp) -> Result<String, IssueError>;

    /// Returns how this format writes times.
    fn times(&self) -> TimeFormat;

    /// Returns the JWK Set (RFC 7517 §5) of the public keys that verify at the time `now`: the
    /// active key, those that are used later, and the retired ones that still verify. Default:
    /// none, for formats without public keys.
    fn jwks(&self, now: Timestamp) -> Option<String> {
        let _ = now;
        None
    }

    /// Returns the JOSE names of the algorithms of those keys, each once. Default: none, for
    /// formats that are not JOSE's.
    fn algorithms(&self, now: Timestamp) -> Vec<Algorithm> {
        let _ = now;
        Vec::new()
    }
}

/// How a token format writes the times in its claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeFormat {
    /// Whole seconds since the Unix epoch: JWT (RFC 7519 §2).
    NumericDate,
    /// Text like `2026-01-01T00:00:00Z`: the registered claims of PASETO.
    Rfc3339,
}

/// The error for a token that could not be issued. A client cannot cause it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// Encryption failed: the payload is empty, or the operating system gave no randomness.
    #[error("the token could not be encrypted")]
    Encrypt,
    /// The payload is not UTF-8, so no verifier would accept the token.
    #[error("the payload of a token must be text")]
    NotText,
    /// The signature failed.
    #[error("the token could not be signed")]
    Sign(#[source] KeyError),
    /// The claims are too large.
    #[error("the token would be longer than 16 KiB")]
    TooLong,
}

/// The error for a token that is not authentic. It contains nothing of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// It names a key of the ring and was not made with it, or is of another type.
    #[error("the token is not authentic")]
    Invalid,
    /// It is not in this format.
    #[error("the token is malformed")]
    Malformed,
    /// It names a key that is not in the ring.
    #[error("the token names an unknown key")]
    UnknownKey,
}

/// The longest token that is issued or verified, in bytes. It fits into the head of a request of
/// common servers.
pub(crate) const MAX_TOKEN_LENGTH: usize = 16 * 1024;
