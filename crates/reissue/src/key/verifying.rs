use std::fmt;
use std::sync::Arc;

use aws_lc_rs::signature::ParsedPublicKey;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pasetors::keys::AsymmetricPublicKey;
use pasetors::paserk::{FormatAsPaserk as _, Id};
use pasetors::version4::V4;

use super::identified::Identified;
use super::jwk::Jwk;
use super::public::PublicParts;
use super::{Algorithm, InvalidSignature, KeyError};

/// The public half of a [`SigningKey`](super::SigningKey): what a resource server needs.
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
    paserk_id: Option<String>,
}

impl VerifyingKey {
    /// Reads a JSON Web Key of the type `OKP` (RFC 8037 §2), `EC` or `RSA` (RFC 7518 §6). Private members are not
    /// looked at.
    ///
    /// # Errors
    ///
    /// If it is malformed, for another algorithm or use, or an RSA key of fewer than 2048 bits.
    pub fn from_jwk(jwk: &str) -> Result<Self, KeyError> {
        Jwk::parse(jwk)?.public().and_then(Self::new)
    }

    /// Reads an Ed25519 key written as `k4.public` (PASERK).
    ///
    /// # Errors
    ///
    /// If it is of another version or type, or malformed.
    pub fn from_paserk(paserk: &str) -> Result<Self, KeyError> {
        paserk
            .strip_prefix(PASERK_PUBLIC)
            .and_then(|encoded| BASE64_URL_SAFE_NO_PAD.decode(encoded).ok())
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(KeyError::malformed("a PASERK of the type k4.public"))
            .and_then(|bytes| Self::new(PublicParts::EdDsa(bytes)))
    }

    /// What the key verifies; nothing else is tried.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.0.parts.algorithm()
    }

    /// The name of the key, the `kid` of its JWTs: its thumbprint (RFC 7638), 43 characters of base64url.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.0.key_id
    }

    /// The name of an Ed25519 key in PASETO footers: `k4.pid` (PASERK). Other keys have none.
    #[must_use]
    pub fn paserk_id(&self) -> Option<&str> {
        self.0.paserk_id.as_deref()
    }

    /// The key as a JSON Web Key with `kid`, `alg` and `use`, as it stands in a JWK Set.
    #[must_use]
    pub fn to_jwk(&self) -> String {
        self.0.parts.to_jwk(self.key_id())
    }

    /// An Ed25519 key as it stands in the JWK Set of those who sign `v4.public`: under its PASERK id, without `alg`, which
    /// is for JOSE. Other keys have no such form.
    pub(crate) fn to_paseto_jwk(&self) -> Option<String> {
        self.paserk_id().map(|id| self.0.parts.to_paseto_jwk(id))
    }

    /// An Ed25519 key as `k4.public` (PASERK), for those who verify `v4.public`. Other keys have no such form.
    #[must_use]
    pub fn to_paserk(&self) -> Option<String> {
        match &self.0.parts {
            PublicParts::EdDsa(x) => Some(format!(
                "{PASERK_PUBLIC}{}",
                BASE64_URL_SAFE_NO_PAD.encode(x)
            )),
            PublicParts::Es256(_) | PublicParts::Rs256 { .. } => None,
        }
    }

    /// Whether the key's private half made this signature of this message.
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

    pub(super) fn new(parts: PublicParts) -> Result<Self, KeyError> {
        let paserk_id = match &parts {
            PublicParts::EdDsa(x) => Some(paserk_id(x)?),
            PublicParts::Es256(_) | PublicParts::Rs256 { .. } => None,
        };
        Ok(Self(Arc::new(Inner {
            parsed: parts.parse()?,
            key_id: parts.thumbprint(),
            paserk_id,
            parts,
        })))
    }
}

impl Identified for VerifyingKey {
    fn key_ids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.key_id()).chain(self.paserk_id())
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({} {})", self.algorithm(), self.key_id())
    }
}

fn paserk_id(x: &[u8; 32]) -> Result<String, KeyError> {
    let mut id = String::with_capacity(51);
    AsymmetricPublicKey::<V4>::from(x)
        .map_err(|_| KeyError::Unusable)
        .and_then(|key| Id::from(&key).fmt(&mut id).map_err(|_| KeyError::Unusable))?;
    Ok(id)
}

const PASERK_PUBLIC: &str = "k4.public.";
