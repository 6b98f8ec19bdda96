//! New secrets, and their hashes.

use std::fmt::Write as _;

use argon2::{Argon2, PasswordHasher as _};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::fill;
use reissue::key::{Algorithm, KeyError, SigningKey, SymmetricKey};
use reissue::{ClientSecret, NoRandomness};
use zeroize::Zeroizing;

/// Returns a new client secret of 256 random bits.
pub(crate) fn client_secret() -> Result<Zeroizing<String>, NoRandomness> {
    let secret = ClientSecret::generate()?;
    Ok(Zeroizing::new(secret.expose().to_owned()))
}

/// Returns a new key that signs, as PEM.
pub(crate) fn signing_key(algorithm: Algorithm) -> Result<Zeroizing<String>, KeyError> {
    let pem = SigningKey::generate(algorithm)?.to_pem()?;
    Ok(Zeroizing::new(pem.expose().to_owned()))
}

/// Returns a new key that seals, as PASERK in a line.
pub(crate) fn seal_key() -> Result<Zeroizing<String>, KeyError> {
    let paserk = SymmetricKey::generate()?.expose_paserk();
    Ok(Zeroizing::new(format!("{}\n", paserk.expose())))
}

/// Returns a new password of 100 random bits, without characters that look like others.
pub(crate) fn password() -> Result<Zeroizing<String>, HashError> {
    let mut bytes = Zeroizing::new([0; 20]);
    fill(&mut *bytes).map_err(|_| HashError)?;
    let mut password = Zeroizing::new(String::with_capacity(23));
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && index % 5 == 0 {
            password.push('-');
        }
        password.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    Ok(password)
}

/// Returns the SHA-256 of a generated secret, in hex.
pub(crate) fn sha256_hex(secret: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in sha256(secret.as_bytes()) {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// Returns the SHA-256 of something.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

/// Returns the PHC string of a secret that a person has chosen.
pub(crate) fn argon2id(secret: &str) -> Result<String, HashError> {
    let mut salt = [0; 16];
    fill(&mut salt).map_err(|_| HashError)?;
    let hash = Argon2::default().hash_password_with_salt(secret.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|_| HashError)
}

/// A secret that argon2 cannot hash, or an operating system without randomness.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the secret cannot be hashed")]
pub(crate) struct HashError;

const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
