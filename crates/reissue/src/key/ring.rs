use super::identified::Identified;
use super::{KeyError, SigningKey};

/// One active key, which seals, and the retired ones, whose tokens still open.
///
/// To replace a key, make a new one active and keep the old one retired until its last token has expired.
///
/// ```
/// use reissue::key::{Algorithm, KeyRing, SigningKey};
///
/// let old = SigningKey::generate(Algorithm::EdDsa)?;
/// let new = SigningKey::generate(Algorithm::EdDsa)?;
/// let keys = KeyRing::new(new.clone()).with_retired(old.clone())?;
///
/// assert_eq!(keys.active().key_id(), new.key_id());
/// assert!(keys.find(old.key_id()).is_some());
/// # Ok::<(), reissue::key::KeyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct KeyRing<K> {
    active: K,
    retired: Vec<K>,
}

impl<K> KeyRing<K> {
    /// A ring of one key.
    #[must_use]
    pub fn new(active: K) -> Self {
        Self {
            active,
            retired: Vec::new(),
        }
    }

    /// The key that seals.
    #[must_use]
    pub fn active(&self) -> &K {
        &self.active
    }

    /// All keys, the active one first, the retired ones in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = &K> {
        std::iter::once(&self.active).chain(&self.retired)
    }

    /// What each key becomes, in the same places.
    pub(crate) fn map<T>(self, mut turn: impl FnMut(K) -> T) -> KeyRing<T> {
        KeyRing {
            active: turn(self.active),
            retired: self.retired.into_iter().map(turn).collect(),
        }
    }

    /// What each key becomes, unless one of them cannot.
    pub(crate) fn try_map<T, E>(
        self,
        mut turn: impl FnMut(K) -> Result<T, E>,
    ) -> Result<KeyRing<T>, E> {
        Ok(KeyRing {
            active: turn(self.active)?,
            retired: self
                .retired
                .into_iter()
                .map(turn)
                .collect::<Result<_, E>>()?,
        })
    }
}

impl<K> KeyRing<K>
where
    K: Identified,
{
    /// Adds a key that opens tokens and seals none.
    ///
    /// # Errors
    ///
    /// [`KeyError::Duplicate`] if a key of the ring has the same key id: most likely it is the same key.
    pub fn with_retired(mut self, key: K) -> Result<Self, KeyError> {
        let taken = key.key_ids().find(|key_id| self.find(key_id).is_some());
        if let Some(key_id) = taken {
            return Err(KeyError::Duplicate {
                key_id: key_id.to_owned(),
            });
        }
        self.retired.push(key);
        Ok(self)
    }

    /// The key of that name: what its `key_id` says, or its `paserk_id` or `short_id` if it has one.
    #[must_use]
    pub fn find(&self, key_id: &str) -> Option<&K> {
        self.iter()
            .find(|key| key.key_ids().any(|name| name == key_id))
    }
}

impl KeyRing<SigningKey> {
    /// The JWK Set (RFC 7517 §5) to publish at `jwks_uri`: the public halves of all keys, the active one first.
    #[must_use]
    pub fn to_jwks(&self) -> String {
        let mut jwks = String::from(r#"{"keys":["#);
        for (index, key) in self.iter().enumerate() {
            if index > 0 {
                jwks.push(',');
            }
            jwks.push_str(&key.verifying_key().to_jwk());
        }
        jwks.push_str("]}");
        jwks
    }
}
