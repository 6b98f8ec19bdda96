//! Access tokens as PASETO `v4.public`: issued here, verified in [`verifier`](super::verifier).

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::key_with_footer::KeyWithFooter;
use super::verifier::{HEADER, PasetoVerifier, signed, wrong_algorithm};
use crate::clock::Timestamp;
use crate::key::{KeyError, KeyRing, SigningKey};
use crate::token::format::{
    AccessTokenFormat, AccessTokenVerifier, IssueError, MAX_TOKEN_LENGTH, TimeFormat, VerifyError,
};

/// Access tokens as PASETO `v4.public`: signed with Ed25519, not encrypted.
///
/// The footer is `{"kid":"k4.pid.…"}`. Publish the key as
/// [`VerifyingKey::to_paserk`](crate::key::VerifyingKey::to_paserk), or as the
/// [`jwks`](AccessTokenFormat::jwks) of this format, where it has the same `kid` and no `alg`:
/// PASETO is not JOSE, and no JWT is ever signed with the key.
///
/// ```
/// use reissue::Timestamp;
/// use reissue::key::{Algorithm, KeyRing, SigningKey};
/// use reissue::token::{AccessTokenFormat, AccessTokenVerifier, PasetoPublic};
///
/// let keys = KeyRing::new(SigningKey::generate(Algorithm::EdDsa)?);
/// let tokens = PasetoPublic::new(keys)?;
///
/// let now = Timestamp::from_secs(1_800_000_000);
/// let token = tokens.issue(br#"{"sub":"alice"}"#, now)?;
/// assert_eq!(tokens.verify(&token, now)?, br#"{"sub":"alice"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PasetoPublic {
    keys: KeyRing<KeyWithFooter<SigningKey>>,
    verifier: PasetoVerifier,
}

impl PasetoPublic {
    /// Returns a format that signs with the active key of the ring, and verifies with every key of
    /// it.
    ///
    /// # Errors
    ///
    /// [`KeyError::WrongAlgorithm`] if a key of the ring is not for `EdDSA`: PASETO version 4 has
    /// no other.
    pub fn new(keys: KeyRing<SigningKey>) -> Result<Self, KeyError> {
        Ok(Self {
            verifier: PasetoVerifier::new(keys.clone().map(|key| key.verifying_key()))?,
            keys: keys.try_map(|key| {
                let kid = key.paserk_id().map(str::to_owned);
                let kid = kid.ok_or_else(|| wrong_algorithm(key.algorithm()))?;
                Ok::<_, KeyError>(KeyWithFooter::with_kid(key, &kid))
            })?,
        })
    }

    /// Sets bytes that are authenticated with every token and are not part of it. Default: none, so
    /// that every verifier of PASETO accepts the tokens. Set it if your verifiers know it, for
    /// example to separate environments; a verifier that does not know it denies every token.
    #[must_use]
    pub fn with_implicit_assertion(self, implicit_assertion: impl Into<Vec<u8>>) -> Self {
        Self {
            verifier: self.verifier.with_implicit_assertion(implicit_assertion),
            ..self
        }
    }

    /// Returns a verifier of the same tokens that has only the public keys, for resource servers in
    /// this process.
    #[must_use]
    pub fn verifier(&self) -> PasetoVerifier {
        self.verifier.clone()
    }
}

impl AccessTokenVerifier for PasetoPublic {
    fn verify(&self, token: &str, now: Timestamp) -> Result<Vec<u8>, VerifyError> {
        self.verifier.verify(token, now)
    }
}

impl AccessTokenFormat for PasetoPublic {
    fn issue(&self, payload: &[u8], now: Timestamp) -> Result<String, IssueError> {
        let KeyWithFooter { key, footer, .. } = self.keys.active_at(now);
        let assertion = &self.verifier.implicit_assertion;
        seal_public(key, payload, footer.as_bytes(), assertion)
    }

    fn times(&self) -> TimeFormat {
        TimeFormat::Rfc3339
    }

    fn jwks(&self, now: Timestamp) -> Option<String> {
        Some(self.verifier.to_jwks(now))
    }
}

impl fmt::Debug for PasetoPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PasetoPublic").field(&self.verifier).finish()
    }
}

/// Signs as `v4.public`. The key must be for `EdDSA`, which [`PasetoPublic::new`] has checked.
pub(super) fn seal_public(
    key: &SigningKey,
    payload: &[u8],
    footer: &[u8],
    implicit_assertion: &[u8],
) -> Result<String, IssueError> {
    if payload.len() > MAX_TOKEN_LENGTH {
        return Err(IssueError::TooLong);
    }
    let signature = key
        .sign(&signed(payload, footer, implicit_assertion))
        .map_err(IssueError::Sign)?;
    let body = [payload, signature.as_ref()].concat();
    let length = HEADER.len() + (body.len() + footer.len()) * 4 / 3 + 3;
    let mut token = String::with_capacity(length);
    token.push_str(HEADER);
    BASE64_URL_SAFE_NO_PAD.encode_string(body, &mut token);
    if !footer.is_empty() {
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(footer, &mut token);
    }
    if token.len() > MAX_TOKEN_LENGTH {
        return Err(IssueError::TooLong);
    }
    Ok(token)
}
