//! The key that tokens are bound to (RFC 7800).

/// The key that a token is bound to (`cnf`, RFC 7800).
///
/// An outer layer that has verified a DPoP proof or a client certificate inserts the same type into
/// the request's extensions. A refresh with a bound token succeeds only if both are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Confirmation {
    /// SHA-256 thumbprint of the DPoP key (`jkt`, RFC 9449 §6.1), base64url.
    Jkt(String),
    /// SHA-256 thumbprint of the client certificate (`x5t#S256`, RFC 8705 §3.1), base64url.
    X5tS256(String),
}
