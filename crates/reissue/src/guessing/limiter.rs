//! The limiter that counts wrong guesses.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::GuessLimit;
use crate::clock::Timestamp;

/// A rate limiter for wrong guesses: a number of them at once, and one more after each interval.
///
/// Guesses are counted for [keys](GuessLimiter::key), such as an account and an address together. A
/// guess is counted [before](GuessLimiter::take) it is checked; otherwise any number could be
/// checked at once. A correct one is [given back](GuessLimiter::give_back). A guess that has to
/// wait is not counted, so a wait never grows beyond one interval, even when the clock steps back.
///
/// ```
/// use std::time::Duration;
/// use reissue::guessing::{GuessLimit, GuessLimiter};
/// use reissue::{Clock, SystemClock};
///
/// let limit = GuessLimit { guesses: 10, every: Duration::from_secs(60) };
/// let limiter = GuessLimiter::new(Some(limit));
/// let guess = limiter.take([limiter.key("alice", 1)], SystemClock.now());
/// match guess {
///     Ok(right) => limiter.give_back(right),
///     Err(wait) => println!("try again in {wait:?}"),
/// }
/// ```
///
/// # Memory
///
/// Keys are kept as keyed hashes of 64 bits, at most 16,384 of them in less than a megabyte, and
/// each is dropped when all its guesses are available again. When there are more, the quarter that
/// is closest to that is dropped. So to make the limiter forget an exhausted key, an attacker must
/// first exhaust more than 12,000 other keys: 120,000 wrong guesses at the default, to gain ten
/// more at the first key.
///
/// The counts are kept in the process: a restart clears them, and each of several servers counts
/// separately.
pub struct GuessLimiter {
    limit: Option<GuessLimit>,
    hasher: RandomState,
    /// When all guesses of a key are available again. Keys that are absent have all of them.
    clear: Mutex<HashMap<u64, Timestamp>>,
}

/// A key that guesses are counted for. Made by [`GuessLimiter::key`].
#[derive(Clone, Copy, Debug)]
pub struct GuessKey {
    hash: u64,
    times: u32,
}

/// A guess that was counted for `N` keys.
#[derive(Debug)]
#[must_use = "a right guess is given back"]
pub struct Guess<const N: usize>([GuessKey; N]);

impl GuessLimiter {
    /// Returns a limiter that allows this many wrong guesses for each key. The number is unlimited
    /// for `None`, and for a limit of zero guesses or no time between them.
    #[must_use]
    pub fn new(limit: Option<GuessLimit>) -> Self {
        Self {
            limit: limit.filter(|limit| limit.guesses > 0 && !limit.every.is_zero()),
            hasher: RandomState::new(),
            clear: Mutex::default(),
        }
    }

    /// Returns a key that allows `times` as many guesses at once as one of weight 1.
    ///
    /// Keys of different kinds must differ in what they hash, or they are counted together.
    pub fn key(&self, key: impl Hash, times: u32) -> GuessKey {
        GuessKey {
            hash: self.hasher.hash_one(key),
            times,
        }
    }

    /// Counts a guess for all of the keys.
    ///
    /// # Errors
    ///
    /// The time to wait until the next guess is allowed for all of them. Then the guess is counted
    /// for none of them.
    pub fn take<const N: usize>(
        &self,
        keys: [GuessKey; N],
        now: Timestamp,
    ) -> Result<Guess<N>, Duration> {
        let Some(limit) = self.limit else {
            return Ok(Guess(keys));
        };
        let mut clear = self.lock();
        let after = keys.map(|key| {
            let full = now + limit.burst(key);
            let counted = clear.get_mut(&key.hash).map_or(now, |at| {
                // A clock that stepped back must not lengthen the wait.
                *at = (*at).min(full);
                *at
            });
            (counted.max(now) + limit.every, full)
        });
        let wait = after.iter().map(|(after, full)| after.since(*full)).max();
        if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
            return Err(wait);
        }
        for (key, (after, _)) in std::iter::zip(keys, after) {
            make_room(&mut clear, now);
            clear.insert(key.hash, after);
        }
        Ok(Guess(keys))
    }

    /// Removes a guess that was correct, or was not checked, from the count.
    #[expect(clippy::needless_pass_by_value, reason = "a guess is given back once")]
    pub fn give_back<const N: usize>(&self, guess: Guess<N>) {
        let Some(limit) = self.limit else {
            return;
        };
        let Guess(keys) = guess;
        let mut clear = self.lock();
        for key in keys {
            if let Some(at) = clear.get_mut(&key.hash) {
                let before = at.since(Timestamp::default()).saturating_sub(limit.every);
                *at = Timestamp::default() + before;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Timestamp>> {
        self.clear.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl GuessLimit {
    fn burst(self, key: GuessKey) -> Duration {
        let guesses = self.guesses.saturating_mul(key.times);
        self.every.checked_mul(guesses).unwrap_or(Duration::MAX)
    }
}

impl fmt::Debug for GuessLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuessLimiter").finish_non_exhaustive()
    }
}

/// Drops keys that have all their guesses again. If these are few, also drops the quarter that is
/// closest to it, so that not every guess has to search for a key to drop.
fn make_room(clear: &mut HashMap<u64, Timestamp>, now: Timestamp) {
    if clear.len() < ROOM {
        return;
    }
    clear.retain(|_, at| *at > now);
    if clear.len() <= ROOM - QUARTER {
        return;
    }
    let mut next: Vec<(Timestamp, u64)> = clear.iter().map(|(key, at)| (*at, *key)).collect();
    next.select_nth_unstable(QUARTER);
    for (_, key) in &next[..QUARTER] {
        clear.remove(key);
    }
}

const ROOM: usize = 16 * 1024;

const QUARTER: usize = ROOM / 4;

#[cfg(test)]
mod tests;
