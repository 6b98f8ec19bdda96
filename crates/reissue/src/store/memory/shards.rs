//! The locks of the memory store.

#[cfg(not(all(test, shuttle)))]
use std::sync::Mutex;
use std::sync::PoisonError;

/// A lock whose scheduling a test controls.
#[cfg(all(test, shuttle))]
use shuttle::sync::Mutex;

/// Independent parts of one map, each behind its own lock.
pub(super) struct Shards<T>(Box<[Mutex<T>]>);

impl<T> Shards<T>
where
    T: Default,
{
    pub(super) fn new() -> Self {
        Self((0..COUNT).map(|_| Mutex::default()).collect())
    }
}

impl<T> Shards<T> {
    /// Runs `work` with exclusive access to the shard of `key`, the first byte of a digest.
    ///
    /// A poisoned lock is used anyway: the only foreign code that runs under it is the clock, which
    /// is read before anything is written, so the data is intact.
    pub(super) fn with<R>(&self, key: u8, work: impl FnOnce(&mut T) -> R) -> R {
        let shard = &self.0[usize::from(key) % COUNT];
        work(&mut shard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns a key of each shard, beginning with the shard of `key`.
    pub(super) fn keys_from(key: u8) -> impl Iterator<Item = u8> {
        (0..=u8::MAX).take(COUNT).skip(usize::from(key) % COUNT)
    }

    #[cfg(test)]
    pub(super) fn sum(&self, of: impl Fn(&mut T) -> usize) -> usize {
        Self::keys_from(0).map(|key| self.with(key, &of)).sum()
    }
}

/// Enough that the cores of one machine seldom wait for each other.
const COUNT: usize = 64;
