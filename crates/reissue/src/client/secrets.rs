//! The stored form of client secrets: hashes, never plain text.

use std::fmt;
use std::sync::Arc;

#[cfg(feature = "argon2")]
use argon2::password_hash::phc::PasswordHash;
#[cfg(feature = "argon2")]
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use aws_lc_rs::digest::{SHA256, digest};
use subtle::ConstantTimeEq as _;

use super::{ClientsError, SecretVerifier};
use crate::secret::ClientSecret;

/// The stored form of a client secret: a hash, or a verifier of the application.
///
/// | The secret is | store it as |
/// | --- | --- |
/// | generated, of 128 random bits or more | [`sha256`](Self::sha256), which is enough |
#[cfg_attr(
    feature = "argon2",
    doc = "| chosen by a person | [`argon2id`](Self::argon2id), or [`from_argon2id`](Self::from_argon2id) for a hash that exists |"
)]
#[cfg_attr(
    not(feature = "argon2"),
    doc = "| chosen by a person | `argon2id`, with the feature `argon2` |"
)]
/// | hashed another way, or verified elsewhere | [`custom`](Self::custom) |
#[derive(Clone)]
pub struct SecretHash(Kind);

#[derive(Clone)]
enum Kind {
    #[cfg(feature = "argon2")]
    Argon2id(Box<PasswordHash>),
    Custom(Arc<dyn SecretVerifier>),
    Sha256([u8; 32]),
}

impl SecretHash {
    /// Hashes a generated secret.
    #[must_use]
    pub fn sha256(secret: impl AsRef<[u8]>) -> Self {
        Self(Kind::Sha256(sha256(secret.as_ref())))
    }

    /// Returns the stored form for the SHA-256 of a generated secret.
    #[must_use]
    pub fn from_sha256(hash: [u8; 32]) -> Self {
        Self(Kind::Sha256(hash))
    }

    /// Reads the argon2id hash of a secret that a person has chosen, as a PHC string:
    /// `$argon2id$v=19$m=…`.
    ///
    /// # Errors
    ///
    /// [`InvalidSecretHash`] for anything but a complete argon2id PHC string.
    #[cfg(feature = "argon2")]
    pub fn from_argon2id(phc: &str) -> Result<Self, InvalidSecretHash> {
        let hash = PasswordHash::new(phc).map_err(|_| InvalidSecretHash)?;
        let complete = hash.salt.is_some() && hash.hash.is_some();
        if hash.algorithm.as_str() != "argon2id" || !complete {
            return Err(InvalidSecretHash);
        }
        Ok(Self(Kind::Argon2id(Box::new(hash))))
    }

    /// Hashes a secret that a person has chosen, with argon2id at 19 MiB and 2 passes. Takes tens
    /// of milliseconds.
    ///
    /// # Errors
    ///
    /// [`InvalidSecretHash`] for a secret that argon2 cannot hash, or without randomness for a
    /// salt.
    #[cfg(feature = "argon2")]
    pub fn argon2id(secret: &str) -> Result<Self, InvalidSecretHash> {
        let salt = crate::secret::random::<16>().map_err(|_| InvalidSecretHash)?;
        let hash = Argon2::default()
            .hash_password_with_salt(secret.as_bytes(), &salt)
            .map_err(|_| InvalidSecretHash)?;
        Ok(Self(Kind::Argon2id(Box::new(hash))))
    }

    /// Returns a secret that a [`SecretVerifier`] of the application verifies.
    #[must_use]
    pub fn custom(verifier: impl SecretVerifier) -> Self {
        Self(Kind::Custom(Arc::new(verifier)))
    }

    /// Returns whether a check is slow, and so must not run on an async thread.
    pub(crate) fn is_slow(&self) -> bool {
        !matches!(self.0, Kind::Sha256(_))
    }

    /// Returns whether this is the hash of `secret`. Slow for all but SHA-256. `false` if a
    /// [custom](Self::custom) verifier fails.
    #[must_use]
    pub fn verify(&self, secret: &ClientSecret) -> bool {
        self.check(secret).unwrap_or(false)
    }

    /// Returns whether this is the hash of `secret`, or an error if it could not be verified.
    pub(super) fn check(&self, secret: &ClientSecret) -> Result<bool, ClientsError> {
        match &self.0 {
            #[cfg(feature = "argon2")]
            Kind::Argon2id(hash) => {
                let secret = secret.expose().as_bytes();
                Ok(Argon2::default().verify_password(secret, &**hash).is_ok())
            }
            Kind::Custom(verifier) => verifier.verify(secret),
            Kind::Sha256(hash) => Ok(hash.ct_eq(&sha256(secret.expose().as_bytes())).into()),
        }
    }

    /// Takes the time of a check, and returns nothing but a failure.
    pub(super) fn check_as_decoy(&self, secret: &ClientSecret) -> Result<(), ClientsError> {
        match &self.0 {
            Kind::Custom(verifier) => verifier.verify_decoy(secret),
            // The result of a decoy is dropped: it may be the hash of another client.
            _ => self.check(secret).map(drop),
        }
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            #[cfg(feature = "argon2")]
            Kind::Argon2id(_) => "SecretHash(argon2id)",
            Kind::Custom(_) => "SecretHash(custom)",
            Kind::Sha256(_) => "SecretHash(sha256)",
        })
    }
}

/// The error for a text that is no argon2id PHC string, or a secret that cannot be hashed.
#[cfg(feature = "argon2")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an argon2id PHC string such as $argon2id$v=19$m=19456,t=2,p=1$salt$hash")]
#[non_exhaustive]
pub struct InvalidSecretHash;

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}
