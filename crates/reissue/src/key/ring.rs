use super::KeyError;
use super::identified::Identified;
use crate::clock::Timestamp;

/// One active key, which seals, and the retired ones, whose tokens still open.
///
/// To replace a key, make a new one active and keep the old one retired until its last token has expired; a retired key
/// may [carry that moment](KeyRing::with_retired_until) and drop out by itself.
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
    retired: Vec<Retired<K>>,
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
        std::iter::once(&self.active).chain(self.retired.iter().map(|retired| &retired.key))
    }

    /// The keys that count at that moment, in the same order: a retired key whose time is over is not among them.
    pub fn iter_at(&self, now: Timestamp) -> impl Iterator<Item = &K> {
        let retired = self.retired.iter();
        let live = retired.filter(move |retired| retired.until.is_none_or(|until| now < until));
        std::iter::once(&self.active).chain(live.map(|retired| &retired.key))
    }

    /// What each key becomes, in the same places.
    pub(crate) fn map<T>(self, mut turn: impl FnMut(K) -> T) -> KeyRing<T> {
        KeyRing {
            active: turn(self.active),
            retired: self
                .retired
                .into_iter()
                .map(|Retired { key, until }| Retired {
                    key: turn(key),
                    until,
                })
                .collect(),
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
                .map(|Retired { key, until }| turn(key).map(|key| Retired { key, until }))
                .collect::<Result<_, E>>()?,
        })
    }
}

impl<K> KeyRing<K>
where
    K: Identified,
{
    /// Adds a key that opens tokens and seals none, for as long as the ring is in use.
    ///
    /// # Errors
    ///
    /// [`KeyError::Duplicate`] if a key of the ring has the same key id: most likely it is the same key.
    pub fn with_retired(self, key: K) -> Result<Self, KeyError> {
        self.with(Retired { key, until: None })
    }

    /// Adds a key that opens tokens until that moment and seals none: from then on it is neither published nor does it
    /// open anything.
    ///
    /// For a key of access tokens, the moment is when it was retired, plus the access token's lifetime, plus the leeway of
    /// the resource servers. For a key of refresh tokens, plus the sessions' absolute lifetime.
    ///
    /// # Errors
    ///
    /// [`KeyError::Duplicate`] if a key of the ring has the same key id: most likely it is the same key.
    pub fn with_retired_until(self, key: K, until: Timestamp) -> Result<Self, KeyError> {
        self.with(Retired {
            key,
            until: Some(until),
        })
    }

    fn with(mut self, retired: Retired<K>) -> Result<Self, KeyError> {
        let key = &retired.key;
        let taken = key.key_ids().find(|key_id| self.find(key_id).is_some());
        if let Some(key_id) = taken {
            return Err(KeyError::Duplicate {
                key_id: key_id.to_owned(),
            });
        }
        self.retired.push(retired);
        Ok(self)
    }

    /// The key of that name, its time over or not: what its `key_id` says, or its `paserk_id` or `short_id` if it has one.
    #[must_use]
    pub fn find(&self, key_id: &str) -> Option<&K> {
        self.iter()
            .find(|key| key.key_ids().any(|name| name == key_id))
    }
}

/// A key that opens tokens and seals none.
#[derive(Clone, Debug)]
struct Retired<K> {
    key: K,
    until: Option<Timestamp>,
}
