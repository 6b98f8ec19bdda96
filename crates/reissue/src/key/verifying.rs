use std::fmt;
use std::sync::Arc;

use aws_lc_rs::signature::ParsedPublicKey;

use super::identified::Identified;
use super::jwk::Jwk;
use super::public::PublicParts;
use super::{Algorithm, InvalidSignature, KeyError};

/// The public half of a [`SigningKey`](super::SigningKey), for resource servers.
///
/// Cloning is cheap.
///
/// ```
/// use reissue::key::{Algorithm, SigningKey, VerifyingKey};
///
/// let key = SigningKey::generate(Algorithm::Es256)?;
/// let signature = key.sign(b"message")?;
///
/// let published = key.verifying_key().to_jwk();
/// let public = VerifyingKey::from_jwk(&published)?;
/// assert!(public.verify(b"message", signature.as_ref()).is_ok());
/// assert!(public.verify(b"another", signature.as_ref()).is_err());
/// # Ok::<(), reissue::key::KeyError>(())
/// ```
#[derive(Clone)]
pub struct VerifyingKey(Arc<Inner>);

struct Inner {
    parts: PublicParts,
    parsed: ParsedPublicKey,
    key_id: String,
    /// Also `None` without the feature `paseto`.
    paserk_id: Option<String>,
}

impl VerifyingKey {
    /// Reads a JSON Web Key of the type `OKP` (RFC 8037 §2), `EC` or `RSA` (RFC 7518 §6). Private
    /// members are ignored.
    ///
    /// # Errors
    ///
    /// [`KeyError`] if it is malformed, for another algorithm or use, or an RSA key of fewer than
    /// 2048 bits.
    pub fn from_jwk(jwk: &str) -> Result<Self, KeyError> {
        Jwk::parse(jwk)?.public().and_then(Self::new)
    }

    /// Returns the algorithm of the key. It verifies no signature of another algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.0.parts.algorithm()
    }

    /// Returns the id of the key, the `kid` of its JWTs: its thumbprint (RFC 7638), 43 characters
    /// of base64url.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.0.key_id
    }

    /// Returns the key as a JSON Web Key with `kid`, `alg` and `use`, as in a JWK Set.
    #[must_use]
    pub fn to_jwk(&self) -> String {
        self.0.parts.to_jwk(self.key_id())
    }

    /// Verifies that the private half of this key signed this message.
    ///
    /// # Errors
    ///
    /// [`InvalidSignature`] if not.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        self.0
            .parsed
            .verify_sig(message, signature)
            .map_err(|_| InvalidSignature)
    }

    #[cfg(feature = "paseto")]
    pub(super) fn parts(&self) -> &PublicParts {
        &self.0.parts
    }

    /// Returns the id of the key in footers of PASETO, if it has one.
    pub(super) fn paserk_name(&self) -> Option<&str> {
        self.0.paserk_id.as_deref()
    }

    pub(super) fn new(parts: PublicParts) -> Result<Self, KeyError> {
        Ok(Self(Arc::new(Inner {
            parsed: parts.parse()?,
            key_id: parts.thumbprint(),
            #[cfg(feature = "paseto")]
            paserk_id: super::paserk::id_of(&parts)?,
            #[cfg(not(feature = "paseto"))]
            paserk_id: None,
            parts,
        })))
    }
}

impl Identified for VerifyingKey {
    fn key_ids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.key_id()).chain(self.paserk_name())
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({} {})", self.algorithm(), self.key_id())
    }
}
