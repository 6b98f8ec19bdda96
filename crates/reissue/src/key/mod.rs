//! Keys that sign and encrypt tokens, their formats, and their replacement.
//!
//! - [`SigningKey`] and its public half [`VerifyingKey`] sign access tokens: JWT, or PASETO
//!   `v4.public`.
//! - [`SymmetricKey`] encrypts refresh tokens, and access tokens as PASETO `v4.local`.
//! - [`KeyRing`] holds the keys for one purpose: the active one, those that are used later, and the
//!   retired ones, whose tokens are still valid. Its page describes [how to replace a
//!   key](KeyRing#replacing-a-key) without logging users out.
//!
//! Keys are read from PEM, PKCS#8, JWK or PASERK. `Debug` and errors never contain key material,
//! and private keys cannot be compared.

mod algorithm;
mod encrypted;
mod error;
mod identified;
mod import;
mod jwk;
mod jwks;
mod pair;
#[cfg(feature = "paseto")]
mod paserk;
mod passphrase;
mod pem;
mod public;
mod ring;
mod schedule;
mod secret_text;
mod signature;
mod signing;
#[cfg(feature = "paseto")]
mod symmetric;
mod verifying;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use error::KeyError;
pub use passphrase::Passphrase;
pub use ring::KeyRing;
pub use secret_text::SecretText;
pub use signature::{InvalidSignature, Signature};
pub use signing::SigningKey;
#[cfg(feature = "paseto")]
pub use symmetric::SymmetricKey;
pub use verifying::VerifyingKey;

pub(crate) use jwks::set_of;

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests;
