use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::key_with_footer::KeyWithFooter;
use super::parts::Parts;
use crate::clock::Timestamp;
use crate::key::{Algorithm, KeyError, KeyRing, VerifyingKey, set_of};
use crate::token::format::{AccessTokenVerifier, VerifyError};
use crate::v4_local::pae;

/// A verifier of access tokens that are PASETO `v4.public`, with public keys.
///
/// ```
/// use reissue::Timestamp;
/// use reissue::key::{Algorithm, KeyRing, SigningKey, VerifyingKey};
/// use reissue::token::{AccessTokenFormat, AccessTokenVerifier, PasetoPublic, PasetoVerifier};
///
/// // The authorization server publishes its key.
/// let key = SigningKey::generate(Algorithm::EdDsa)?;
/// let published = key.verifying_key().to_paserk().expect("it is for EdDSA");
/// let tokens = PasetoPublic::new(KeyRing::new(key))?;
///
/// // The resource server reads it.
/// let verifier = PasetoVerifier::new(KeyRing::new(VerifyingKey::from_paserk(&published)?))?;
/// let now = Timestamp::from_secs(1_800_000_000);
/// let token = tokens.issue(br#"{"sub":"alice"}"#, now)?;
/// assert_eq!(verifier.verify(&token, now)?, br#"{"sub":"alice"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct PasetoVerifier {
    keys: KeyRing<KeyWithFooter<VerifyingKey>>,
    pub(super) implicit_assertion: Vec<u8>,
}

impl PasetoVerifier {
    /// Returns a verifier of tokens that any key of the ring signed.
    ///
    /// # Errors
    ///
    /// [`KeyError::WrongAlgorithm`] if a key of the ring is not for `EdDSA`: PASETO version 4 has
    /// no other.
    pub fn new(keys: KeyRing<VerifyingKey>) -> Result<Self, KeyError> {
        Ok(Self {
            keys: keys.try_map(|key| {
                let kid = key.paserk_id().map(str::to_owned);
                let kid = kid.ok_or_else(|| wrong_algorithm(key.algorithm()))?;
                Ok::<_, KeyError>(KeyWithFooter::with_kid(key, &kid))
            })?,
            implicit_assertion: Vec::new(),
        })
    }

    /// Sets what the issuer authenticates with every token without including it; see
    /// [`PasetoPublic::with_implicit_assertion`](super::PasetoPublic::with_implicit_assertion).
    /// Default: nothing.
    #[must_use]
    pub fn with_implicit_assertion(self, implicit_assertion: impl Into<Vec<u8>>) -> Self {
        Self {
            implicit_assertion: implicit_assertion.into(),
            ..self
        }
    }

    pub(super) fn to_jwks(&self, now: Timestamp) -> String {
        let keys = self.keys.iter_at(now);
        set_of(keys.filter_map(|keyed| keyed.key.to_paseto_jwk()))
    }
}

impl AccessTokenVerifier for PasetoVerifier {
    fn verify(&self, token: &str, now: Timestamp) -> Result<Vec<u8>, VerifyError> {
        let parts = Parts::of(token, HEADER)?;
        let KeyWithFooter { key, footer, .. } = self.keys.find_by_footer(parts.footer, now)?;
        verify_parts(key, parts.body, footer.as_bytes(), &self.implicit_assertion)
    }
}

impl fmt::Debug for PasetoVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|keyed| &keyed.key))
            .finish()
    }
}

pub(super) fn wrong_algorithm(found: Algorithm) -> KeyError {
    KeyError::WrongAlgorithm {
        expected: Algorithm::EdDsa,
        found,
    }
}

/// Verifies the encoded body of a `v4.public` token, which must be canonical, with its footer.
fn verify_parts(
    key: &VerifyingKey,
    body: &str,
    footer: &[u8],
    implicit_assertion: &[u8],
) -> Result<Vec<u8>, VerifyError> {
    let mut payload = decode(body)?;
    let (claims, signature) = payload
        .split_last_chunk::<SIGNATURE_LENGTH>()
        // A payload must not be empty.
        .filter(|(claims, _)| !claims.is_empty())
        .ok_or(VerifyError::Malformed)?;
    let signed = signed(claims, footer, implicit_assertion);
    key.verify(&signed, signature)
        .map_err(|_| VerifyError::Invalid)?;
    payload.truncate(payload.len() - SIGNATURE_LENGTH);
    Ok(payload)
}

/// Verifies any `v4.public` token with one key. The footer is authenticated, whatever it contains.
#[cfg(test)]
#[cfg(feature = "issue")]
pub(super) fn open_public(
    key: &VerifyingKey,
    token: &str,
    implicit_assertion: &[u8],
) -> Result<Vec<u8>, VerifyError> {
    let parts = Parts::of(token, HEADER)?;
    let footer = decode(parts.footer.unwrap_or_default())?;
    verify_parts(key, parts.body, &footer, implicit_assertion)
}

/// Returns the text that is signed.
pub(super) fn signed(claims: &[u8], footer: &[u8], implicit_assertion: &[u8]) -> Vec<u8> {
    let pieces = [HEADER.as_bytes(), claims, footer, implicit_assertion];
    let length = pieces.iter().map(|piece| 8 + piece.len()).sum::<usize>();
    let mut signed = Vec::with_capacity(8 + length);
    pae(pieces, |part| signed.extend_from_slice(part));
    signed
}

/// Decodes canonical base64url without padding, so that each value has one spelling.
fn decode(part: &str) -> Result<Vec<u8>, VerifyError> {
    BASE64_URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| VerifyError::Malformed)
}

pub(super) const HEADER: &str = "v4.public.";
const SIGNATURE_LENGTH: usize = 64;
