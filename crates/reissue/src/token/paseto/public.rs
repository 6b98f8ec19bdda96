use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::footer::Footed;
use super::parts::Parts;
use crate::key::{Algorithm, KeyError, KeyRing, SigningKey, VerifyingKey};
use crate::token::envelope::{Envelope, MAX_TOKEN_LENGTH, OpenError, SealError, Times};

/// Access tokens as PASETO `v4.public`: readable by everybody, signed with Ed25519.
///
/// The footer is `{"kid":"k4.pid.…"}`. Publish the key as [`VerifyingKey::to_paserk`].
///
/// ```
/// use reissue::key::{Algorithm, KeyRing, SigningKey};
/// use reissue::token::{Envelope, PasetoPublic};
///
/// let keys = KeyRing::new(SigningKey::generate(Algorithm::EdDsa)?);
/// let tokens = PasetoPublic::new(keys)?;
///
/// let token = tokens.seal(br#"{"sub":"alice"}"#)?;
/// assert_eq!(tokens.open(&token)?, br#"{"sub":"alice"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PasetoPublic {
    keys: KeyRing<Footed<SigningKey>>,
    implicit_assertion: Vec<u8>,
}

impl PasetoPublic {
    /// Signs with the active key of the ring; every key of it opens.
    ///
    /// # Errors
    ///
    /// [`KeyError::WrongAlgorithm`] if a key of the ring is not for `EdDSA`: PASETO version 4 has no other.
    pub fn new(keys: KeyRing<SigningKey>) -> Result<Self, KeyError> {
        Ok(Self {
            keys: keys.try_map(|key| {
                let kid = key.paserk_id().ok_or(KeyError::WrongAlgorithm {
                    expected: Algorithm::EdDsa,
                    found: key.algorithm(),
                })?;
                Ok::<_, KeyError>(Footed::new(key.clone(), kid))
            })?,
            implicit_assertion: Vec::new(),
        })
    }

    /// Authenticates these bytes with every token, without putting them in. Default: none, so that every verifier of
    /// PASETO takes the tokens. Set it when your verifiers know it, for example to tell environments apart; those who
    /// do not know it refuse every token.
    #[must_use]
    pub fn with_implicit_assertion(self, implicit_assertion: impl Into<Vec<u8>>) -> Self {
        Self {
            implicit_assertion: implicit_assertion.into(),
            ..self
        }
    }
}

impl Envelope for PasetoPublic {
    fn seal(&self, payload: &[u8]) -> Result<String, SealError> {
        let Footed { key, footer, .. } = self.keys.active();
        seal_public(key, payload, footer.as_bytes(), &self.implicit_assertion)
    }

    fn open(&self, token: &str) -> Result<Vec<u8>, OpenError> {
        let parts = Parts::of(token, HEADER)?;
        let key = self.keys.find_by_footer(parts.footer)?;
        open_public(&key.verifying_key(), token, &self.implicit_assertion)
    }

    fn times(&self) -> Times {
        Times::Rfc3339
    }
}

impl fmt::Debug for PasetoPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|footed| &footed.key))
            .finish()
    }
}

/// Signs as `v4.public`. The key must be for `EdDSA`, which [`PasetoPublic::new`] has checked.
pub(super) fn seal_public(
    key: &SigningKey,
    payload: &[u8],
    footer: &[u8],
    implicit_assertion: &[u8],
) -> Result<String, SealError> {
    if payload.len() > MAX_TOKEN_LENGTH {
        return Err(SealError::TooLong);
    }
    let signature = key
        .sign(&pae([
            HEADER.as_bytes(),
            payload,
            footer,
            implicit_assertion,
        ]))
        .map_err(SealError::Sign)?;
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
        return Err(SealError::TooLong);
    }
    Ok(token)
}

/// Opens a `v4.public` token in its one spelling. The footer is authenticated, whatever it says.
pub(super) fn open_public(
    key: &VerifyingKey,
    token: &str,
    implicit_assertion: &[u8],
) -> Result<Vec<u8>, OpenError> {
    let parts = Parts::of(token, HEADER)?;
    let mut payload = decode(parts.body)?;
    let footer = decode(parts.footer.unwrap_or_default())?;
    // A payload must not be empty.
    if payload.len() <= SIGNATURE_LENGTH {
        return Err(OpenError::Malformed);
    }
    let signature = payload.split_off(payload.len() - SIGNATURE_LENGTH);
    let signed = pae([HEADER.as_bytes(), &payload, &footer, implicit_assertion]);
    key.verify(&signed, &signature)
        .map_err(|_| OpenError::Invalid)?;
    Ok(payload)
}

/// Pre-authentication encoding: the number of pieces, then each piece behind its length, as 64 bits in little-endian
/// order. The highest bit stays clear because no slice is that long.
fn pae(pieces: [&[u8]; 4]) -> Vec<u8> {
    let length = pieces.iter().map(|piece| 8 + piece.len()).sum::<usize>();
    let mut encoded = Vec::with_capacity(8 + length);
    encoded.extend_from_slice(&(pieces.len() as u64).to_le_bytes());
    for piece in pieces {
        encoded.extend_from_slice(&(piece.len() as u64).to_le_bytes());
        encoded.extend_from_slice(piece);
    }
    encoded
}

/// Canonical base64url without padding: one spelling for one value.
fn decode(part: &str) -> Result<Vec<u8>, OpenError> {
    BASE64_URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| OpenError::Malformed)
}

const HEADER: &str = "v4.public.";
const SIGNATURE_LENGTH: usize = 64;
