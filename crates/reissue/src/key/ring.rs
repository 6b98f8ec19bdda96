use std::convert::Infallible;
use std::iter::once;
use std::ptr;

use super::identified::Identified;
use crate::clock::Timestamp;

/// The keys for one purpose: one of them encrypts or signs at a time, and all of them decrypt or
/// verify.
///
/// # Replacing a key
///
/// A server denies tokens whose key it does not have, so every server must have a new key before
/// one of them uses it. One edit of the shared configuration is enough:
///
/// 1. Add the new key with [`with_used_from`](Self::with_used_from) and a time in the future, and
///    restart the servers one after the other. All of them keep using the old key; those that have
///    restarted accept and publish the new one.
/// 2. At that time all servers switch to the new key. The time must be after the last restart; for
///    a key that signs, by at least the [`max-age` of the JWK
///    Set](crate::JwksEndpoint::with_max_age), so that every verifier has fetched it.
/// 3. Keep the old key in the ring until its last token has expired. For refresh tokens, this is
///    the [absolute lifetime](crate::PolicyBuilder::with_absolute_ttl) of a session after that
///    time; for access tokens, their lifetime and the `max-age` of the JWK Set, which allows for
///    clocks that differ and for the leeway of resource servers. Then remove it, or let
///    [`with_retired_until`](Self::with_retired_until) do so.
///
/// A new key that is put first without a time is used by each server from its restart on, and the
/// servers that have not restarted yet deny its tokens: do this only with a single server, or to
/// replace a leaked key.
///
/// ```
/// use std::time::Duration;
/// use reissue::Timestamp;
/// use reissue::key::{Algorithm, KeyRing, SigningKey};
///
/// let now = Timestamp::from_secs(1_800_000_000);
/// let tomorrow = now + Duration::from_secs(86_400);
/// let old = SigningKey::generate(Algorithm::EdDsa)?;
/// let new = SigningKey::generate(Algorithm::EdDsa)?;
/// let keys = KeyRing::new(old.clone()).with_used_from(new.clone(), tomorrow)?;
///
/// assert_eq!(keys.active_at(now).key_id(), old.key_id());
/// assert_eq!(keys.active_at(tomorrow).key_id(), new.key_id());
/// assert!(keys.to_jwks(now).contains(new.key_id()));
/// # Ok::<(), reissue::key::KeyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct KeyRing<K> {
    /// Used until the time of another key is reached.
    first: K,
    /// In the order of their times, no two of which are equal.
    pub(super) timed: Vec<Timed<K>>,
    pub(super) retired: Vec<Retired<K>>,
}

impl<K> KeyRing<K> {
    /// Returns a ring of one key, which is used until the time of another key is reached.
    #[must_use]
    pub fn new(first: K) -> Self {
        Self {
            first,
            timed: Vec::new(),
            retired: Vec::new(),
        }
    }

    /// Returns the key that encrypts or signs at the time `now`: of the keys whose `used_from` is
    /// reached, the one with the latest; otherwise the first key.
    ///
    /// If a clock steps back over that time, the previous key is used again. All servers still
    /// accept its tokens.
    #[must_use]
    pub fn active_at(&self, now: Timestamp) -> &K {
        let mut latest_first = self.timed.iter().rev();
        latest_first
            .find(|timed| timed.used_from <= now)
            .map_or(&self.first, |timed| &timed.key)
    }

    /// Returns all keys: the first one, then those with a `used_from` in the order of their times,
    /// then the retired ones in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = &K> {
        let retired = self.retired.iter().map(|retired| &retired.key);
        self.sealing().chain(retired)
    }

    /// Returns the keys that decrypt or verify at the time `now`: the active one, then the others
    /// in the order of [`iter`](Self::iter). Keys that are not used yet are included; keys whose
    /// retirement has ended are not.
    pub fn iter_at(&self, now: Timestamp) -> impl Iterator<Item = &K> {
        let active = self.active_at(now);
        let retired = self.retired.iter();
        let live = retired.filter(move |retired| retired.until.is_none_or(|until| now < until));
        let others = self.sealing().chain(live.map(|retired| &retired.key));
        once(active).chain(others.filter(move |key| !ptr::eq(*key, active)))
    }

    /// Replaces each key by the result of `turn`.
    pub(crate) fn map<T>(self, mut turn: impl FnMut(K) -> T) -> KeyRing<T> {
        let Ok(ring) = self.try_map(|key| Ok::<_, Infallible>(turn(key)));
        ring
    }

    /// Replaces each key by the result of `turn`, or returns its first error.
    pub(crate) fn try_map<T, E>(
        self,
        mut turn: impl FnMut(K) -> Result<T, E>,
    ) -> Result<KeyRing<T>, E> {
        Ok(KeyRing {
            first: turn(self.first)?,
            timed: self
                .timed
                .into_iter()
                .map(|Timed { key, used_from }| turn(key).map(|key| Timed { key, used_from }))
                .collect::<Result<_, E>>()?,
            retired: self
                .retired
                .into_iter()
                .map(|Retired { key, until }| turn(key).map(|key| Retired { key, until }))
                .collect::<Result<_, E>>()?,
        })
    }

    /// Returns the keys that encrypt or sign at some time: all but the retired ones.
    fn sealing(&self) -> impl Iterator<Item = &K> {
        once(&self.first).chain(self.timed.iter().map(|timed| &timed.key))
    }
}

impl<K> KeyRing<K>
where
    K: Identified,
{
    /// Returns the key with this name, whatever its time: `name` is its `key_id`, or its
    /// `paserk_id` or `short_id` if it has one.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&K> {
        self.iter()
            .find(|key| key.key_ids().any(|key_id| key_id == name))
    }
}

/// A key that decrypts or verifies, and encrypts or signs from a given time.
#[derive(Clone, Debug)]
pub(super) struct Timed<K> {
    pub(super) key: K,
    pub(super) used_from: Timestamp,
}

/// A key that only decrypts or verifies.
#[derive(Clone, Debug)]
pub(super) struct Retired<K> {
    pub(super) key: K,
    pub(super) until: Option<Timestamp>,
}

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests;
