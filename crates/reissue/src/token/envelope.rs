use crate::key::KeyError;

/// A format of access tokens: seals claims with the active key of a ring, and opens what any key of the ring sealed.
///
/// Tokens of more than 16 KiB are neither sealed nor opened; their length is looked at before anything is decoded.
pub trait Envelope: Send + Sync + 'static {
    /// Seals the bytes of a JSON object as a token of the active key.
    ///
    /// # Errors
    ///
    /// [`SealError`] if the token would be too long, or if the cryptographic library fails.
    fn seal(&self, payload: &[u8]) -> Result<String, SealError>;

    /// Opens a token that any key of the ring sealed, and gives back the payload.
    ///
    /// Authenticity, type and algorithm are checked, claims are not.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the token is not one of this envelope.
    fn open(&self, token: &str) -> Result<Vec<u8>, OpenError>;

    /// How this format writes times.
    fn times(&self) -> Times;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
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
