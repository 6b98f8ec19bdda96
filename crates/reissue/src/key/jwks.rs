//! JSON Web Key Sets (RFC 7517 §5), from rings and into rings.

use serde::Deserialize;
use serde_json::Value;

use super::{KeyError, KeyRing, SigningKey, VerifyingKey};
use crate::clock::Timestamp;

impl KeyRing<SigningKey> {
    /// Returns the JWK Set (RFC 7517 §5) to publish at `jwks_uri`: the public halves of the keys
    /// that verify at the time `now`, the active one first. Keys that are not used yet are
    /// included, so that verifiers have them in time.
    #[must_use]
    pub fn to_jwks(&self, now: Timestamp) -> String {
        set_of(self.iter_at(now).map(|key| key.verifying_key().to_jwk()))
    }
}

impl KeyRing<VerifyingKey> {
    /// Reads a JWK Set (RFC 7517 §5), as an authorization server publishes it at its `jwks_uri`.
    ///
    /// Keys of another type or use, and malformed ones, are skipped, as RFC 7517 §5 advises. A
    /// `kid` is ignored: the name of a key is its thumbprint, and for an Ed25519 key also its
    /// PASERK id.
    ///
    /// ```
    /// use reissue::Timestamp;
    /// use reissue::key::{Algorithm, KeyRing, SigningKey};
    ///
    /// let now = Timestamp::from_secs(1_800_000_000);
    /// let keys = KeyRing::new(SigningKey::generate(Algorithm::EdDsa)?);
    /// let read = KeyRing::from_jwks(&keys.to_jwks(now))?;
    /// assert!(read.find(keys.active_at(now).key_id()).is_some());
    /// # Ok::<(), reissue::key::KeyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`KeyError::Malformed`] if the text is no JWK Set, or has no usable key.
    pub fn from_jwks(jwks: &str) -> Result<Self, KeyError> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }

        let malformed = || KeyError::malformed("a JWK Set with a key for EdDSA, ES256 or RS256");
        let set: Set = serde_json::from_str(jwks).map_err(|_| malformed())?;
        let keys = set
            .keys
            .iter()
            .map(|jwk| VerifyingKey::from_jwk(&jwk.to_string()));
        let mut keys = keys.filter_map(Result::ok);
        let first = keys.next().ok_or_else(malformed)?;
        Ok(keys.fold(Self::new(first), |ring, key| {
            // A repeated key is added once.
            ring.clone().with_retired(key).unwrap_or(ring)
        }))
    }
}

/// Returns the JWK Set of keys that are already in JSON.
pub(crate) fn set_of(keys: impl Iterator<Item = String>) -> String {
    let keys: Vec<String> = keys.collect();
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}
