//! Keys: what signs and seals tokens, where it is read from, and how it is replaced without logging
//! anyone out.
//!
//! - [`SigningKey`] and its public half [`VerifyingKey`] sign access tokens: JWT, or PASETO
//!   `v4.public`.
//! - [`SymmetricKey`] seals refresh tokens, and access tokens as PASETO `v4.local`.
//! - [`KeyRing`] holds the keys of one purpose: the active one, those to come, and the retired
//!   ones, whose tokens still open. Its page describes [how to replace a
//!   key](KeyRing#replacing-a-key).
//!
//! Keys come from PEM, PKCS#8, JWK or PASERK. No key shows itself in `Debug`, in an error or in a
//! comparison.

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
