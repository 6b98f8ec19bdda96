//! The only file of the memory store that locks.

#[cfg(not(all(test, shuttle)))]
use std::sync::Mutex;
use std::sync::PoisonError;

/// A lock with which a test decides who goes on.
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
    /// Does `work` alone on the shard that `key`, the first byte of a digest, belongs to.
    ///
    /// A lock that a panic poisoned is taken all the same: the only foreign code that runs under it
    /// is the clock, which is read before anything is written, so what lies behind it is whole.
    pub(super) fn with<R>(&self, key: u8, work: impl FnOnce(&mut T) -> R) -> R {
        let shard = &self.0[usize::from(key) % COUNT];
        work(&mut shard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    #[cfg(test)]
    pub(super) fn sum(&self, of: impl Fn(&mut T) -> usize) -> usize {
        (0..=u8::MAX)
            .take(COUNT)
            .map(|key| self.with(key, &of))
            .sum()
    }
}

/// Enough that the cores of one machine seldom wait for each other.
const COUNT: usize = 64;
