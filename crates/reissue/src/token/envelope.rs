use std::sync::Arc;

use crate::clock::Timestamp;
use crate::key::{Algorithm, KeyError};

/// Opens access tokens: all of a format that a resource server needs.
///
/// Tokens of more than 16 KiB are not opened; their length is looked at before anything is decoded.
///
/// [`JwtVerifier`](super::JwtVerifier) and [`PasetoVerifier`](super::PasetoVerifier) hold public keys only; every
/// [`Envelope`] opens too.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not open access tokens",
    note = "use `reissue::token::JwtVerifier`, `PasetoVerifier`, or an `Envelope`"
)]
pub trait Open: Send + Sync + 'static {
    /// Opens a token that was sealed by a key which counts at the moment `now`, and gives back the payload.
    ///
    /// Authenticity, type and algorithm are checked, claims are not.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the token is not one of this format and these keys.
    fn open(&self, token: &str, now: Timestamp) -> Result<Vec<u8>, OpenError>;
}

impl<T> Open for Arc<T>
where
    T: Open + ?Sized,
{
    fn open(&self, token: &str, now: Timestamp) -> Result<Vec<u8>, OpenError> {
        (**self).open(token, now)
    }
}

/// A format of access tokens: seals claims with the [active key](crate::key::KeyRing::active_at) of
/// a ring, and opens what any key of the ring sealed.
///
/// Tokens of more than 16 KiB are neither sealed nor opened.
pub trait Envelope: Open {
    /// Seals the bytes of a JSON object as a token of the key that is active at the moment `now`.
    ///
    /// # Errors
    ///
    /// [`SealError`] if the token would be too long, or if the cryptographic library fails.
    fn seal(&self, payload: &[u8], now: Timestamp) -> Result<String, SealError>;

    /// How this format writes times.
    fn times(&self) -> Times;

    /// The JWK Set (RFC 7517 §5) of the public keys that verify at the moment `now`: of the active
    /// key, of those to be used later, and of every retired one whose time is not over. Default:
    /// none, for formats without public keys.
    fn jwks(&self, now: Timestamp) -> Option<String> {
        let _ = now;
        None
    }

    /// The JOSE names of the algorithms of those keys, each once. Default: none, for formats that are not JOSE's.
    fn algorithms(&self, now: Timestamp) -> Vec<Algorithm> {
        let _ = now;
        Vec::new()
    }
}

/// How a token format writes the times in its claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Times {
    /// Whole seconds since the Unix epoch: JWT (RFC 7519 §2).
    NumericDate,
    /// Text like `2026-01-01T00:00:00Z`: the registered claims of PASETO.
    Rfc3339,
}

/// A token could not be made. For operators: a client cannot cause it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// Encryption failed: the payload is empty, or the operating system gave no randomness.
    #[error("the token could not be encrypted")]
    Encrypt,
    /// The payload is not UTF-8, so nobody could open the token.
    #[error("the payload of a token must be text")]
    NotText,
    /// The signature failed.
    #[error("the token could not be signed")]
    Sign(#[source] KeyError),
    /// The claims are too large.
    #[error("the token would be longer than 16 KiB")]
    TooLong,
}

/// A token was not opened. Holds nothing of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// It names a key of the ring and was not sealed by it, or not as this kind of token.
    #[error("the token is not authentic")]
    Invalid,
    /// It is not in this format.
    #[error("the token is malformed")]
    Malformed,
    /// It names a key that is not in the ring.
    #[error("the token names an unknown key")]
    UnknownKey,
}

/// The longest token that is made or looked at, in bytes: what fits into a request's head everywhere, with room.
pub(crate) const MAX_TOKEN_LENGTH: usize = 16 * 1024;
