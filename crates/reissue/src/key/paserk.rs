//! Ed25519 keys as PASERK, and the ids that PASETO footers name them by.

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pasetors::keys::AsymmetricPublicKey;
use pasetors::paserk::{FormatAsPaserk as _, Id};
use pasetors::version4::V4;
use zeroize::Zeroizing;

use super::pair::KeyPair;
use super::public::PublicParts;
use super::{KeyError, SigningKey, VerifyingKey};

impl SigningKey {
    /// Reads an Ed25519 key in the form `k4.secret` (PASERK).
    ///
    /// # Errors
    ///
    /// [`KeyError`] if it is of another version or type, is malformed, or its two halves are not a
    /// pair.
    pub fn from_paserk(paserk: &str) -> Result<Self, KeyError> {
        pair_from_paserk(paserk).and_then(Self::new)
    }

    /// Returns the name of an Ed25519 key in PASETO footers: `k4.pid` (PASERK). Other keys have
    /// none.
    #[must_use]
    pub fn paserk_id(&self) -> Option<&str> {
        self.verifying().paserk_id()
    }
}

impl VerifyingKey {
    /// Reads an Ed25519 key in the form `k4.public` (PASERK).
    ///
    /// # Errors
    ///
    /// [`KeyError`] if it is of another version or type, or malformed.
    pub fn from_paserk(paserk: &str) -> Result<Self, KeyError> {
        paserk
            .strip_prefix(PUBLIC)
            .and_then(|encoded| BASE64_URL_SAFE_NO_PAD.decode(encoded).ok())
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(KeyError::malformed("a PASERK of the type k4.public"))
            .and_then(|bytes| Self::new(PublicParts::EdDsa(bytes)))
    }

    /// Returns the name of an Ed25519 key in PASETO footers: `k4.pid` (PASERK). Other keys have
    /// none.
    #[must_use]
    pub fn paserk_id(&self) -> Option<&str> {
        self.paserk_name()
    }

    /// Returns an Ed25519 key as `k4.public` (PASERK), for verifiers of `v4.public`; `None` for
    /// other keys.
    #[must_use]
    pub fn to_paserk(&self) -> Option<String> {
        match self.parts() {
            PublicParts::EdDsa(x) => Some(format!("{PUBLIC}{}", BASE64_URL_SAFE_NO_PAD.encode(x))),
            PublicParts::Es256(_) | PublicParts::Rs256 { .. } => None,
        }
    }

    /// Returns an Ed25519 key for a JWK Set of `v4.public`: under its PASERK id and without `alg`,
    /// which is for JOSE; `None` for other keys.
    pub(crate) fn to_paseto_jwk(&self) -> Option<String> {
        self.paserk_id().map(|id| self.parts().to_paseto_jwk(id))
    }
}

/// Returns the id of an Ed25519 key; `None` for other keys.
pub(super) fn id_of(parts: &PublicParts) -> Result<Option<String>, KeyError> {
    let PublicParts::EdDsa(x) = parts else {
        return Ok(None);
    };
    let mut id = String::with_capacity(51);
    AsymmetricPublicKey::<V4>::from(x)
        .map_err(|_| KeyError::Unusable)
        .and_then(|key| Id::from(&key).fmt(&mut id).map_err(|_| KeyError::Unusable))?;
    Ok(Some(id))
}

/// Reads `k4.secret`: seed and public key, 64 bytes (PASERK, type `secret`).
fn pair_from_paserk(text: &str) -> Result<KeyPair, KeyError> {
    let Some(encoded) = text.strip_prefix("k4.secret.") else {
        return Err(if text.starts_with("k4.public.") {
            KeyError::NotPrivate
        } else {
            KeyError::malformed(PASERK_SECRET)
        });
    };
    let bytes = BASE64_URL_SAFE_NO_PAD
        .decode(encoded)
        .map(Zeroizing::new)
        .map_err(|_| KeyError::malformed(PASERK_SECRET))?;
    if bytes.len() != 64 {
        return Err(KeyError::malformed(PASERK_SECRET));
    }
    let (seed, public) = bytes.split_at(32);
    Ed25519KeyPair::from_seed_and_public_key(seed, public)
        .map(KeyPair::EdDsa)
        .map_err(|reason| KeyError::rejected(PASERK_SECRET, reason))
}

const PUBLIC: &str = "k4.public.";
const PASERK_SECRET: &str = "a PASERK of the type k4.secret";
