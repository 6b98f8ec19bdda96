//! How often passwords may be guessed (RFC 6749 §10.10, OWASP's "Authentication" and "Credential Stuffing" cheat sheets).

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::peer::Peer;

/// So many wrong guesses at once, and one more each time that so much time has passed.
///
/// They are counted three times over: for one account from one address; ten times as many for one account from all
/// addresses, so that a guesser elsewhere does not keep the user out at once; and ten times as many from one address for
/// all accounts. Nobody is ever locked out for longer than it takes until the next guess, nor by right guesses.
///
/// What is counted is forgotten when it no longer matters, and there is room for [`ROOM`] counts: above it those go that
/// would be forgotten next. It is the process's own: several servers allow as many times more.
pub(crate) struct Guesses {
    limit: Option<Limit>,
    /// Names and addresses as numbers that only this process can tell, so that a long name takes no more room.
    hasher: RandomState,
    /// When a count is as if nothing had been counted. One that is not here is.
    clear: Mutex<HashMap<u64, Instant>>,
}

#[derive(Clone, Copy)]
struct Limit {
    guesses: u32,
    every: Duration,
}

/// A guess that was counted.
#[derive(Debug)]
#[must_use]
pub(crate) struct Guess([u64; 3]);

impl Guesses {
    /// `guesses` of 0: no limit.
    pub(crate) fn new(guesses: u32, every: Duration) -> Self {
        Self {
            limit: (guesses > 0).then_some(Limit { guesses, every }),
            hasher: RandomState::new(),
            clear: Mutex::default(),
        }
    }

    /// Counts a guess, or says how long to wait until the next. One that has to wait is not counted.
    pub(crate) fn take(&self, name: &str, peer: Peer, now: Instant) -> Result<Guess, Duration> {
        let network = peer.network();
        let keys = [
            self.hasher.hash_one((name, network)),
            self.hasher.hash_one(name),
            self.hasher.hash_one(network),
        ];
        let Some(limit) = self.limit else {
            return Ok(Guess(keys));
        };
        let mut clear = self.lock();
        let counted = |key| clear.get(&key).copied().unwrap_or(now).max(now) + limit.every;
        let after = keys.map(counted);
        let bounds =
            [1, WIDER, WIDER].map(|times| limit.every * limit.guesses.saturating_mul(times));
        let wait = std::iter::zip(after, bounds)
            .map(|(after, bound)| after.saturating_duration_since(now + bound))
            .max()
            .unwrap_or_default();
        if !wait.is_zero() {
            return Err(wait);
        }
        for (key, after) in std::iter::zip(keys, after) {
            make_room(&mut clear, now);
            clear.insert(key, after);
        }
        Ok(Guess(keys))
    }

    /// Takes a guess out of the count.
    pub(crate) fn give_back(&self, Guess(keys): Guess) {
        let Some(limit) = self.limit else {
            return;
        };
        let mut clear = self.lock();
        for key in keys {
            if let Some(at) = clear.get_mut(&key) {
                *at = at.checked_sub(limit.every).unwrap_or(*at);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Instant>> {
        self.clear.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Guesses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guesses").finish_non_exhaustive()
    }
}

/// Drops what no longer matters; if that is not much, the quarter that matters least, so that not every guess has to look for
/// one to drop.
fn make_room(clear: &mut HashMap<u64, Instant>, now: Instant) {
    if clear.len() < ROOM {
        return;
    }
    clear.retain(|_, at| *at > now);
    let mut times: Vec<Instant> = clear.values().copied().collect();
    if times.len() > ROOM / 4 * 3 {
        let (_, least, _) = times.select_nth_unstable(ROOM / 4);
        let least = *least;
        clear.retain(|_, at| *at > least);
    }
}

/// How many times more an account may be guessed at from everywhere, and any from one address.
const WIDER: u32 = 10;

/// How many counts there is room for: less than a megabyte.
const ROOM: usize = 16 * 1024;

#[cfg(test)]
mod tests;
