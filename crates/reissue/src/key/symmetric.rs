use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pasetors::keys::Generate as _;
use pasetors::paserk::{FormatAsPaserk as _, Id};
use pasetors::version4::V4;
use zeroize::Zeroizing;

use super::identified::Identified;
use super::{KeyError, SecretText};
use crate::v4_local::V4Local;

/// A key of 256 bits for PASETO `v4.local`. It encrypts refresh tokens, and access tokens that APIs
/// decrypt with the same key.
///
/// Cloning is cheap and gives the same key.
///
/// ```
/// use reissue::key::SymmetricKey;
///
/// // Make one, keep it, and read it at the next start.
/// let key = SymmetricKey::generate()?;
/// let written = key.expose_paserk();
/// let read = SymmetricKey::from_paserk(written.expose())?;
/// assert_eq!(read.key_id(), key.key_id());
/// # Ok::<(), reissue::key::KeyError>(())
/// ```
#[derive(Clone)]
pub struct SymmetricKey(Arc<Inner>);

struct Inner {
    key: pasetors::keys::SymmetricKey<V4>,
    key_id: String,
    v4_local: V4Local,
}

impl SymmetricKey {
    /// Generates a key.
    ///
    /// # Errors
    ///
    /// [`KeyError::Generate`] if the operating system gives no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        pasetors::keys::SymmetricKey::generate()
            .map_err(|_| KeyError::Generate)
            .and_then(Self::new)
    }

    /// Reads a key in the form `k4.local` (PASERK).
    ///
    /// # Errors
    ///
    /// [`KeyError`] if it is of another version or type, or malformed.
    pub fn from_paserk(paserk: &str) -> Result<Self, KeyError> {
        // Not decoded by pasetors, because its decoder leaves the key in freed memory.
        paserk
            .strip_prefix(LOCAL)
            .and_then(|encoded| BASE64_URL_SAFE_NO_PAD.decode(encoded).ok())
            .map(Zeroizing::new)
            .and_then(|bytes| pasetors::keys::SymmetricKey::from(&bytes).ok())
            .ok_or(KeyError::malformed("a PASERK of the type k4.local"))
            .and_then(Self::new)
    }

    /// Returns the id of the key in footers of access tokens: `k4.lid` (PASERK), from which the key
    /// cannot be computed.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.0.key_id
    }

    /// Returns the id of the key in footers of refresh tokens, which is shorter to keep tokens
    /// short: the first 8 of the 44 characters after `k4.lid.` in [`key_id`](Self::key_id), 48
    /// bits. It only selects among the few keys of a ring, and a ring accepts no two keys with the
    /// same short id.
    #[must_use]
    pub fn short_id(&self) -> &str {
        &self.0.key_id[LID.len()..LID.len() + SHORT]
    }

    /// Returns the key itself as `k4.local` (PASERK), to be stored in a file or a vault.
    #[must_use]
    pub fn expose_paserk(&self) -> SecretText {
        let mut paserk = Zeroizing::new(String::with_capacity(PASERK_LENGTH));
        paserk.push_str(LOCAL);
        BASE64_URL_SAFE_NO_PAD.encode_string(self.0.key.as_bytes(), &mut paserk);
        SecretText::new(paserk)
    }

    /// Returns the cipher that encrypts and authenticates tokens with the key.
    pub(crate) fn v4_local(&self) -> &V4Local {
        &self.0.v4_local
    }

    #[cfg(test)]
    #[cfg(feature = "issue")]
    pub(crate) fn as_pasetors(&self) -> &pasetors::keys::SymmetricKey<V4> {
        &self.0.key
    }

    fn new(key: pasetors::keys::SymmetricKey<V4>) -> Result<Self, KeyError> {
        let mut key_id = String::with_capacity(PASERK_LENGTH);
        Id::from(&key)
            .fmt(&mut key_id)
            .map_err(|_| KeyError::Unusable)?;
        let v4_local = V4Local::new(key.as_bytes().try_into().map_err(|_| KeyError::Unusable)?);
        Ok(Self(Arc::new(Inner {
            key,
            key_id,
            v4_local,
        })))
    }
}

impl Identified for SymmetricKey {
    fn key_ids(&self) -> impl Iterator<Item = &str> {
        [self.key_id(), self.short_id()].into_iter()
    }
}

impl fmt::Debug for SymmetricKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SymmetricKey({} ..)", self.short_id())
    }
}

const LOCAL: &str = "k4.local.";
const LID: &str = "k4.lid.";
const SHORT: usize = 8;
const PASERK_LENGTH: usize = 52;
