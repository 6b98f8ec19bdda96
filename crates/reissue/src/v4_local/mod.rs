//! PASETO `v4.local`, composed of BLAKE2b and XChaCha20.
//!
//! This is the only module of the crate that composes cryptographic primitives.
//! `docs/cryptography.md` explains why, and how it is checked: with the official vectors, against
//! `pasetors` in both directions, and with manipulated tokens, all in `tests.rs`. Its only
//! interface is [`V4Local`]: other modules neither choose a nonce nor get a derived key.

mod keys;
mod pae;

pub(crate) use self::pae::pae;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use blake2::digest::Mac as _;
use chacha20::cipher::StreamCipher as _;

use self::keys::Keys;
use crate::random::{NoRandomness, random};

/// A key that encrypts and authenticates tokens.
pub(crate) struct V4Local {
    keys: Keys,
}

/// The error for a text that is not a token of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecryptError {
    /// Not in this format, or not canonical.
    Malformed,
    /// Not made with this key, this footer and this implicit assertion, or not text.
    NotAuthentic,
}

impl V4Local {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self {
            keys: Keys::new(key),
        }
    }

    /// Encrypts a payload with a random nonce. If `footer` is empty, the token has none.
    ///
    /// The payload must be text and not empty. This is not checked here, but
    /// [`decrypt`](Self::decrypt) denies other payloads.
    pub(crate) fn encrypt(
        &self,
        payload: &[u8],
        footer: &[u8],
        implicit_assertion: &[u8],
    ) -> Result<String, NoRandomness> {
        let nonce = random()?;
        Ok(self.encrypt_under(&nonce, payload, footer, implicit_assertion))
    }

    /// Encrypts with a nonce, which must never be used twice.
    fn encrypt_under(
        &self,
        nonce: &[u8; NONCE_LENGTH],
        payload: &[u8],
        footer: &[u8],
        implicit_assertion: &[u8],
    ) -> String {
        let mut body = Vec::with_capacity(NONCE_LENGTH + payload.len() + TAG_LENGTH);
        body.extend_from_slice(nonce);
        body.extend_from_slice(payload);
        let message = &mut body[NONCE_LENGTH..];
        self.keys.cipher(nonce).apply_keystream(message);
        let header = HEADER.as_bytes();
        let mut mac = self.keys.mac(nonce);
        let authenticated = [header, nonce, message, footer, implicit_assertion];
        pae(authenticated, |part| mac.update(part));
        body.extend_from_slice(&mac.finalize().into_bytes());

        let mut token = String::with_capacity(token_length(payload.len(), footer.len()));
        token.push_str(HEADER);
        BASE64_URL_SAFE_NO_PAD.encode_string(body, &mut token);
        if !footer.is_empty() {
            token.push('.');
            BASE64_URL_SAFE_NO_PAD.encode_string(footer, &mut token);
        }
        token
    }

    /// Decrypts the encoded body of a token, which must be canonical, with its footer.
    pub(crate) fn decrypt(
        &self,
        body: &str,
        footer: &[u8],
        implicit_assertion: &[u8],
    ) -> Result<Vec<u8>, DecryptError> {
        let mut payload = BASE64_URL_SAFE_NO_PAD
            .decode(body)
            .map_err(|_| DecryptError::Malformed)?;
        let (nonce, sealed) = payload
            .split_first_chunk_mut::<NONCE_LENGTH>()
            .ok_or(DecryptError::Malformed)?;
        let (message, tag) = sealed
            .split_last_chunk_mut::<TAG_LENGTH>()
            // A payload must not be empty.
            .filter(|(message, _)| !message.is_empty())
            .ok_or(DecryptError::Malformed)?;
        let header = HEADER.as_bytes();
        let mut mac = self.keys.mac(nonce);
        let authenticated = [header, nonce, message, footer, implicit_assertion];
        pae(authenticated, |part| mac.update(part));
        // In constant time.
        mac.verify_slice(tag)
            .map_err(|_| DecryptError::NotAuthentic)?;
        // Only after authentication, so that a forgery costs no key derivation for decryption.
        self.keys.cipher(nonce).apply_keystream(message);
        std::str::from_utf8(message).map_err(|_| DecryptError::NotAuthentic)?;
        // In place, so that there is no second copy of a possible secret.
        payload.truncate(payload.len() - TAG_LENGTH);
        payload.drain(..NONCE_LENGTH);
        Ok(payload)
    }
}

/// Returns the length of a token with a payload and a footer of these lengths, in bytes.
pub(crate) fn token_length(payload: usize, footer: usize) -> usize {
    let encoded = |length: usize| (length * 4).div_ceil(3);
    let footer = if footer == 0 { 0 } else { 1 + encoded(footer) };
    HEADER.len() + encoded(NONCE_LENGTH + payload + TAG_LENGTH) + footer
}

/// The header of every token.
pub(crate) const HEADER: &str = "v4.local.";

const NONCE_LENGTH: usize = 32;
const TAG_LENGTH: usize = 32;

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests;
