//! The keys of a server: one format for access tokens, one ring for refresh tokens.

use std::fmt;

use crate::key::{Algorithm, KeyRing, SigningKey, SymmetricKey};
use crate::token::format::AccessTokenFormat;
use crate::token::jwt::Jwt;

/// The keys of a server.
pub struct Keys {
    pub(super) access_tokens: Box<dyn AccessTokenFormat>,
    pub(super) refresh_tokens: KeyRing<SymmetricKey>,
}

impl Keys {
    /// Returns keys that issue access tokens in this format, and encrypt refresh tokens with this
    /// ring.
    ///
    /// All servers of an issuer need the same keys, also after a restart. A server denies tokens
    /// whose key it lacks, so a new key must be on all servers before it is used: see [how to
    /// replace a key](KeyRing#replacing-a-key).
    #[must_use]
    pub fn new(
        access_tokens: impl AccessTokenFormat,
        refresh_tokens: KeyRing<SymmetricKey>,
    ) -> Self {
        Self {
            access_tokens: Box::new(access_tokens),
            refresh_tokens,
        }
    }

    /// Generates keys, and chooses JWT with EdDSA for access tokens.
    ///
    /// For tests and demonstrations: the keys are lost when the process ends, and every token with
    /// them, so that a restart logs everyone out.
    #[must_use]
    pub fn generate() -> Self {
        let signing_key = SigningKey::generate(Algorithm::EdDsa)
            .expect("an Ed25519 key needs nothing but randomness");
        Self::new(
            Jwt::new(KeyRing::new(signing_key)),
            KeyRing::new(
                SymmetricKey::generate().expect("a symmetric key is nothing but randomness"),
            ),
        )
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}
