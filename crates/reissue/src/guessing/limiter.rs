//! How often secrets may be guessed.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::GuessLimit;
use crate::clock::Timestamp;

/// Bounds wrong guesses: so many at once, and one more each time that so much time has passed.
///
/// Guesses are counted for [keys](GuessLimiter::key), such as an account and an address together. A
/// guess is counted [before](GuessLimiter::take) it is checked, or any number could be checked at
/// once; one that was right is [taken out of the count](GuessLimiter::give_back) again. A guess
/// that has to wait is not counted. So a wait never grows beyond the time of one guess, not even
/// when the clock steps back.
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
/// each is forgotten when it is as if nothing had been counted. When there are more, those go that
/// would be forgotten next, a quarter at a time. So whoever wants the limiter to forget a key at
/// which all guesses are used up must use up all guesses at more than 12,000 other keys first:
/// 120,000 wrong guesses at the default, for ten more at the first key.
///
/// The counts belong to the process: a restart forgets them, and several servers allow as many
/// times more.
pub struct GuessLimiter {
    limit: Option<GuessLimit>,
    hasher: RandomState,
    /// When a key is as if nothing had been counted. One that is not here is.
    clear: Mutex<HashMap<u64, Timestamp>>,
}

/// What guesses are counted for. Made by [`GuessLimiter::key`].
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
    /// Returns a limiter that lets so many wrong guesses through for each key; any number for
    /// `None`, and for a limit of no guesses or no time between them.
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
    /// Keys of different types must not be equal as hashed, or they count together.
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
    /// The time to wait until the next guess is allowed for all of them. The guess is counted for
    /// none then.
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
                // A clock that stepped back must not make anybody wait for the step.
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

    /// Takes a guess that was right, or was not checked, out of the count.
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

/// Drops what no longer matters. If that is not much, drops the quarter that matters least too, so
/// that not every guess has to search for one to drop.
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
