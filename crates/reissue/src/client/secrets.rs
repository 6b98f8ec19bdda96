//! Client secrets as they are kept: hashed, never plain.

use std::fmt;

use argon2::PasswordHasher as _;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordVerifier as _};
use aws_lc_rs::digest::{SHA256, digest};
use subtle::ConstantTimeEq as _;

use crate::secret::ClientSecret;

/// A client secret as it is kept.
///
/// A generated secret (128 random bits or more) needs no slow hash: SHA-256 and a comparison in constant time. One that a
/// person has chosen needs argon2id.
#[derive(Clone)]
pub struct SecretHash(Kind);

#[derive(Clone)]
enum Kind {
    Argon2id(Box<PasswordHash>),
    Sha256([u8; 32]),
}

impl SecretHash {
    /// Hashes a generated secret.
    #[must_use]
    pub fn sha256(secret: impl AsRef<[u8]>) -> Self {
        Self(Kind::Sha256(sha256(secret.as_ref())))
    }

    /// Takes the SHA-256 of a generated secret.
    #[must_use]
    pub fn from_sha256(hash: [u8; 32]) -> Self {
        Self(Kind::Sha256(hash))
    }

    /// Takes the argon2id hash of a secret that a person has chosen, as a PHC string: `$argon2id$v=19$m=…`.
    ///
    /// # Errors
    ///
    /// [`InvalidSecretHash`] for anything but a complete argon2id PHC string.
    pub fn from_argon2id(phc: &str) -> Result<Self, InvalidSecretHash> {
        let hash = PasswordHash::new(phc).map_err(|_| InvalidSecretHash)?;
        let complete = hash.salt.is_some() && hash.hash.is_some();
        if hash.algorithm.as_str() != "argon2id" || !complete {
            return Err(InvalidSecretHash);
        }
        Ok(Self(Kind::Argon2id(Box::new(hash))))
    }

    /// Hashes a secret that a person has chosen, with argon2id at 19 MiB and 2 passes. Takes tens of milliseconds.
    ///
    /// # Errors
    ///
    /// [`InvalidSecretHash`] for a secret that argon2 cannot hash, or without randomness for a salt.
    pub fn argon2id(secret: &str) -> Result<Self, InvalidSecretHash> {
        let salt = crate::secret::random::<16>().map_err(|_| InvalidSecretHash)?;
        let hash = Argon2::default()
            .hash_password_with_salt(secret.as_bytes(), &salt)
            .map_err(|_| InvalidSecretHash)?;
        Ok(Self(Kind::Argon2id(Box::new(hash))))
    }

    /// Whether checking it is slow on purpose, and so not done on an async thread.
    pub(crate) fn is_slow(&self) -> bool {
        matches!(self.0, Kind::Argon2id(_))
    }

    /// Whether this is the hash of `secret`. Slow for argon2id.
    #[must_use]
    pub fn verify(&self, secret: &ClientSecret) -> bool {
        let secret = secret.expose().as_bytes();
        match &self.0 {
            Kind::Argon2id(hash) => Argon2::default().verify_password(secret, &**hash).is_ok(),
            Kind::Sha256(hash) => hash.ct_eq(&sha256(secret)).into(),
        }
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Argon2id(_) => "SecretHash(argon2id)",
            Kind::Sha256(_) => "SecretHash(sha256)",
        })
    }
}

/// Not an argon2id PHC string, or not a secret that can be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an argon2id PHC string such as $argon2id$v=19$m=19456,t=2,p=1$salt$hash")]
#[non_exhaustive]
pub struct InvalidSecretHash;

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}
