//! Which key of a ring is used from when, and accepted until when.

use super::KeyError;
use super::identified::Identified;
use super::ring::{KeyRing, Retired, Timed};
use crate::clock::Timestamp;

impl<K> KeyRing<K>
where
    K: Identified,
{
    /// Builds a ring from the list of keys in a configuration file, each with the time from which
    /// it is used, if any.
    ///
    /// Of the keys without a time, the first is used until the time of another key is reached, and
    /// the others are [retired](Self::with_retired). If every key has a time, the earliest must not
    /// be after `now`.
    ///
    /// ```
    /// use reissue::Timestamp;
    /// use reissue::key::{KeyRing, SymmetricKey};
    ///
    /// let now = Timestamp::from_secs(1_800_000_000);
    /// let [old, new] = [SymmetricKey::generate()?, SymmetricKey::generate()?];
    /// let keys = KeyRing::from_schedule([(old, None), (new.clone(), Some(now))], now)?;
    /// assert_eq!(keys.active_at(now).key_id(), new.key_id());
    /// # Ok::<(), reissue::key::KeyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`KeyError::Empty`] if there is no key.
    /// - [`KeyError::NotYetUsed`] if the times of all keys are after `now`.
    /// - [`KeyError::SameTime`] or [`KeyError::Duplicate`] if two keys have the same time, or the
    ///   same key id.
    pub fn from_schedule(
        keys: impl IntoIterator<Item = (K, Option<Timestamp>)>,
        now: Timestamp,
    ) -> Result<Self, KeyError> {
        let (mut timed, mut untimed) = (Vec::new(), Vec::new());
        for (key, used_from) in keys {
            match used_from {
                Some(used_from) => timed.push(Timed { key, used_from }),
                None => untimed.push(key),
            }
        }
        timed.sort_by_key(|timed| timed.used_from);
        let mut pairs = timed.windows(2);
        if let Some(pair) = pairs.find(|pair| pair[0].used_from == pair[1].used_from) {
            return Err(KeyError::same_time(&pair[1].key));
        }
        let (mut timed, mut untimed) = (timed.into_iter(), untimed.into_iter());
        let first = match untimed.next() {
            Some(first) => first,
            None => {
                let earliest = timed.next().ok_or(KeyError::Empty)?;
                if now < earliest.used_from {
                    return Err(KeyError::not_yet_used(&earliest.key));
                }
                earliest.key
            }
        };
        let ring = untimed.try_fold(Self::new(first), Self::with_retired)?;
        timed.try_fold(ring, |ring, Timed { key, used_from }| {
            ring.with_used_from(key, used_from)
        })
    }

    /// Adds a key that decrypts or verifies at once, and encrypts or signs from `used_from` until
    /// the time of another key is reached.
    ///
    /// See [Replacing a key](Self#replacing-a-key) for how far ahead the time must be.
    ///
    /// # Errors
    ///
    /// - [`KeyError::SameTime`] if a key of the ring has the same `used_from`.
    /// - [`KeyError::Duplicate`] if a key of the ring has the same key id: most likely it is the
    ///   same key.
    pub fn with_used_from(mut self, key: K, used_from: Timestamp) -> Result<Self, KeyError> {
        self.refuse_duplicate(&key)?;
        let by_time = |timed: &Timed<K>| timed.used_from.cmp(&used_from);
        match self.timed.binary_search_by(by_time) {
            Ok(_) => Err(KeyError::same_time(&key)),
            Err(place) => {
                self.timed.insert(place, Timed { key, used_from });
                Ok(self)
            }
        }
    }

    /// Adds a key that only decrypts or verifies, for as long as the ring is in use.
    ///
    /// # Errors
    ///
    /// [`KeyError::Duplicate`] if a key of the ring has the same key id: most likely it is the
    /// same key.
    pub fn with_retired(self, key: K) -> Result<Self, KeyError> {
        self.retire(Retired { key, until: None })
    }

    /// Adds a key that only decrypts or verifies, until the time `until`. From then on it is
    /// ignored and no longer published.
    ///
    /// Set `until` to the time from which the next key is used, plus, for a key of access tokens,
    /// their lifetime and the `max-age` of the JWK Set; for a key of refresh tokens, the absolute
    /// lifetime of a session.
    ///
    /// # Errors
    ///
    /// [`KeyError::Duplicate`] if a key of the ring has the same key id: most likely it is the
    /// same key.
    pub fn with_retired_until(self, key: K, until: Timestamp) -> Result<Self, KeyError> {
        self.retire(Retired {
            key,
            until: Some(until),
        })
    }

    fn retire(mut self, retired: Retired<K>) -> Result<Self, KeyError> {
        self.refuse_duplicate(&retired.key)?;
        self.retired.push(retired);
        Ok(self)
    }

    fn refuse_duplicate(&self, key: &K) -> Result<(), KeyError> {
        let taken = key.key_ids().find(|key_id| self.find(key_id).is_some());
        match taken {
            None => Ok(()),
            Some(key_id) => Err(KeyError::Duplicate {
                key_id: key_id.to_owned(),
            }),
        }
    }
}
