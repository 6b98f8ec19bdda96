use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use blake2::digest::Mac as _;
use chacha20::cipher::StreamCipher as _;

use super::footer::Footed;
use super::pae::pae;
use super::parts::Parts;
use crate::clock::Timestamp;
use crate::key::{KeyRing, SymmetricKey};
use crate::secret::random;
use crate::token::envelope::{Envelope, MAX_TOKEN_LENGTH, Open, OpenError, SealError, Times};

/// Access tokens as PASETO `v4.local`: encrypted, for APIs that share a key with the issuer.
///
/// Nobody else can read or check them, and no signature is paid for. The footer is `{"kid":"k4.lid.…"}`.
///
/// ```
/// use reissue::Timestamp;
/// use reissue::key::{KeyRing, SymmetricKey};
/// use reissue::token::{Envelope, Open, PasetoLocal};
///
/// let keys = KeyRing::new(SymmetricKey::generate()?);
/// let tokens = PasetoLocal::new(keys, "access token of https://as.example");
///
/// let now = Timestamp::from_secs(1_800_000_000);
/// let token = tokens.seal(br#"{"sub":"alice"}"#, now)?;
/// assert_eq!(tokens.open(&token, now)?, br#"{"sub":"alice"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PasetoLocal {
    keys: KeyRing<Footed<SymmetricKey>>,
    implicit_assertion: Vec<u8>,
}

impl PasetoLocal {
    /// Seals with the active key of the ring; every key of it opens.
    ///
    /// The implicit assertion is part of what is authenticated and not part of the token: an API must know it to open
    /// one. Name the purpose and the issuer in it, so that no token of another purpose or issuer opens, even under the
    /// same key; leave it empty only if the key seals nothing else.
    #[must_use]
    pub fn new(keys: KeyRing<SymmetricKey>, implicit_assertion: impl Into<Vec<u8>>) -> Self {
        Self {
            keys: keys.map(|key| Footed::with_kid(key.clone(), key.key_id())),
            implicit_assertion: implicit_assertion.into(),
        }
    }
}

impl Open for PasetoLocal {
    fn open(&self, token: &str, now: Timestamp) -> Result<Vec<u8>, OpenError> {
        let parts = Parts::of(token, HEADER)?;
        let Footed { key, footer, .. } = self.keys.find_by_footer(parts.footer, now)?;
        open_parts(key, parts.body, footer.as_bytes(), &self.implicit_assertion)
    }
}

impl Envelope for PasetoLocal {
    fn seal(&self, payload: &[u8], now: Timestamp) -> Result<String, SealError> {
        let Footed { key, footer, .. } = self.keys.active_at(now);
        seal_local(key, payload, footer.as_bytes(), &self.implicit_assertion)
    }

    fn times(&self) -> Times {
        Times::Rfc3339
    }
}

impl fmt::Debug for PasetoLocal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|footed| &footed.key))
            .finish()
    }
}

/// Seals text as `v4.local`, under a random nonce. Without bytes in `footer` the token has none.
pub(crate) fn seal_local(
    key: &SymmetricKey,
    payload: &[u8],
    footer: &[u8],
    implicit_assertion: &[u8],
) -> Result<String, SealError> {
    if payload.len() > MAX_TOKEN_LENGTH {
        return Err(SealError::TooLong);
    }
    if payload.is_empty() {
        return Err(SealError::Encrypt);
    }
    std::str::from_utf8(payload).map_err(|_| SealError::NotText)?;
    if sealed_length(payload.len(), footer.len()) > MAX_TOKEN_LENGTH {
        return Err(SealError::TooLong);
    }
    let nonce = random().map_err(|_| SealError::Encrypt)?;
    Ok(seal_under(&nonce, key, payload, footer, implicit_assertion))
}

/// The length of the token that [`seal_local`] makes of a payload, in bytes.
pub(crate) fn sealed_length(payload: usize, footer: usize) -> usize {
    let encoded = |length: usize| (length * 4).div_ceil(3);
    let footer = if footer == 0 { 0 } else { 1 + encoded(footer) };
    HEADER.len() + encoded(NONCE_LENGTH + payload + TAG_LENGTH) + footer
}

/// Seals under a nonce that must never come twice.
pub(super) fn seal_under(
    nonce: &[u8; NONCE_LENGTH],
    key: &SymmetricKey,
    payload: &[u8],
    footer: &[u8],
    implicit_assertion: &[u8],
) -> String {
    let mut body = Vec::with_capacity(NONCE_LENGTH + payload.len() + TAG_LENGTH);
    body.extend_from_slice(nonce);
    body.extend_from_slice(payload);
    let message = &mut body[NONCE_LENGTH..];
    key.splitter().cipher(nonce).apply_keystream(message);
    let header = HEADER.as_bytes();
    let mut mac = key.splitter().mac(nonce);
    let authenticated = [header, nonce, message, footer, implicit_assertion];
    pae(authenticated, |part| mac.update(part));
    body.extend_from_slice(&mac.finalize().into_bytes());

    let mut token = String::with_capacity(sealed_length(payload.len(), footer.len()));
    token.push_str(HEADER);
    BASE64_URL_SAFE_NO_PAD.encode_string(body, &mut token);
    if !footer.is_empty() {
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(footer, &mut token);
    }
    token
}

/// Opens the encoded body of a `v4.local` token in its one spelling, with the footer that belongs to it.
pub(crate) fn open_parts(
    key: &SymmetricKey,
    body: &str,
    footer: &[u8],
    implicit_assertion: &[u8],
) -> Result<Vec<u8>, OpenError> {
    let mut payload = BASE64_URL_SAFE_NO_PAD
        .decode(body)
        .map_err(|_| OpenError::Malformed)?;
    let (nonce, sealed) = payload
        .split_first_chunk_mut::<NONCE_LENGTH>()
        .ok_or(OpenError::Malformed)?;
    let (message, tag) = sealed
        .split_last_chunk_mut::<TAG_LENGTH>()
        // A payload must not be empty.
        .filter(|(message, _)| !message.is_empty())
        .ok_or(OpenError::Malformed)?;
    let header = HEADER.as_bytes();
    let mut mac = key.splitter().mac(nonce);
    let authenticated = [header, nonce, message, footer, implicit_assertion];
    pae(authenticated, |part| mac.update(part));
    mac.verify_slice(tag).map_err(|_| OpenError::Invalid)?;
    // Not before: a forgery costs no key for what it would never decrypt.
    key.splitter().cipher(nonce).apply_keystream(message);
    std::str::from_utf8(message).map_err(|_| OpenError::Invalid)?;
    // In place: no second copy of what may hold a secret.
    payload.truncate(payload.len() - TAG_LENGTH);
    payload.drain(..NONCE_LENGTH);
    Ok(payload)
}

/// Opens any `v4.local` token by one key. The footer is authenticated, whatever it says.
#[cfg(test)]
pub(super) fn open_local(
    key: &SymmetricKey,
    token: &str,
    implicit_assertion: &[u8],
) -> Result<Vec<u8>, OpenError> {
    let parts = Parts::of(token, HEADER)?;
    let footer = parts.decoded_footer().ok_or(OpenError::Malformed)?;
    open_parts(key, parts.body, &footer, implicit_assertion)
}

pub(crate) const HEADER: &str = "v4.local.";
const NONCE_LENGTH: usize = 32;
const TAG_LENGTH: usize = 32;
