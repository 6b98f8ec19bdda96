//! Key splitting: an encryption key and an authentication key for each token, from a key and a
//! nonce.

use blake2::Blake2bMac;
use blake2::digest::consts::{U32, U56};
use blake2::digest::{KeyInit as _, Mac as _};
use chacha20::XChaCha20;
use chacha20::cipher::KeyIvInit as _;
use zeroize::Zeroize as _;

/// A key with the state of its hashes before the nonce, which saves a quarter of the work for each
/// token.
pub(super) struct Keys {
    encryption: Blake2bMac<U56>,
    authentication: Blake2bMac<U32>,
}

impl Keys {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self {
            encryption: Blake2bMac::new_from_slice(key)
                .expect(SHORT_ENOUGH)
                .chain_update(b"paseto-encryption-key"),
            authentication: Blake2bMac::new_from_slice(key)
                .expect(SHORT_ENOUGH)
                .chain_update(b"paseto-auth-key-for-aead"),
        }
    }

    /// Returns the cipher for the token with this nonce.
    pub(super) fn cipher(&self, nonce: &[u8; 32]) -> XChaCha20 {
        let encryption = self.encryption.clone().chain_update(nonce);
        let mut encryption = encryption.finalize().into_bytes();
        let (cipher_key, cipher_nonce) = encryption.split_at(32);
        let cipher = XChaCha20::new_from_slices(cipher_key, cipher_nonce)
            .expect("56 bytes are a key and a nonce of XChaCha20");
        encryption.as_mut_slice().zeroize();
        cipher
    }

    /// Returns the MAC for the token with this nonce.
    pub(super) fn mac(&self, nonce: &[u8; 32]) -> Blake2bMac<U32> {
        let authentication = self.authentication.clone().chain_update(nonce);
        let mut mac_key = authentication.finalize().into_bytes();
        let mac = Blake2bMac::new_from_slice(&mac_key).expect(SHORT_ENOUGH);
        mac_key.as_mut_slice().zeroize();
        mac
    }
}

const SHORT_ENOUGH: &str = "BLAKE2b takes keys of up to 64 bytes";
