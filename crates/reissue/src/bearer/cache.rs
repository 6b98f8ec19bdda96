//! Which tokens are still active: looked up in the store, and remembered for a short while if so configured.

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::refusal::Refusal;
use super::token::VerifiedToken;
use crate::clock::Timestamp;
use crate::server::{Server, TokenStatus};
use crate::store::{OneTimeId, Sid};

/// Looks up whether tokens are revoked and whether their sessions live.
pub(super) struct SessionCheck {
    pub(super) server: Server,
    cache: Option<Cache>,
}

/// What is looked up about a token, and what the result is remembered under.
///
/// Not the session alone: a revoked token must not pass because another token of its session was seen to be active.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    sid: Option<Sid>,
    revocation: Option<OneTimeId>,
}

impl SessionCheck {
    pub(super) fn new(server: Server) -> Self {
        Self {
            server,
            cache: None,
        }
    }

    pub(super) fn cached(server: Server, age: Duration, entries: usize) -> Self {
        Self {
            server,
            cache: Some(Cache {
                age,
                half: entries.div_ceil(2),
                generations: Mutex::default(),
            }),
        }
    }

    /// Returns what there is to look up; `None` for a token without a session that cannot be revoked either.
    pub(super) fn key(&self, token: &VerifiedToken) -> Option<Key> {
        let key = Key {
            sid: token.sid,
            revocation: self.server.revocation_id(&token.id),
        };
        (key.sid.is_some() || key.revocation.is_some()).then_some(key)
    }

    /// Returns what is remembered of a token.
    pub(super) fn recall(&self, key: Key, now: Timestamp) -> Option<Result<(), Refusal>> {
        let status = self.cache.as_ref()?.get(key, now)?;
        Some(verdict(status))
    }

    /// Looks it up in the store. The result is remembered from `now` on.
    pub(super) async fn ask(&self, subject: &str, key: Key, now: Timestamp) -> Result<(), Refusal> {
        let status = self
            .server
            .token_status(subject, key.sid, key.revocation)
            .await
            .map_err(|_| Refusal::StoreUnavailable)?;
        if let Some(cache) = &self.cache {
            cache.put(key, status, now);
        }
        verdict(status)
    }
}

fn verdict(status: TokenStatus) -> Result<(), Refusal> {
    match status {
        TokenStatus::Active => Ok(()),
        TokenStatus::Revoked => Err(Refusal::TokenRevoked),
        TokenStatus::SessionEnded => Err(Refusal::SessionMissing),
    }
}

/// Results that are not too old. Two generations of half the size each: when the young one is full, it becomes the old
/// one, and the old one goes, so that room is made in no time.
struct Cache {
    age: Duration,
    half: usize,
    generations: Mutex<Generations>,
}

#[derive(Default)]
struct Generations {
    young: HashMap<Key, Entry>,
    old: HashMap<Key, Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    status: TokenStatus,
    asked_at: Timestamp,
}

impl Cache {
    fn get(&self, key: Key, now: Timestamp) -> Option<TokenStatus> {
        let generations = self
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let entry = generations
            .young
            .get(&key)
            .or_else(|| generations.old.get(&key));
        // A result from the future is from before the clock stepped back: its age is unknown.
        let is_fresh =
            |entry: &&Entry| entry.asked_at <= now && now.since(entry.asked_at) < self.age;
        entry.filter(is_fresh).map(|entry| entry.status)
    }

    fn put(&self, key: Key, status: TokenStatus, now: Timestamp) {
        let mut generations = self
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if generations.young.len() >= self.half && !generations.young.contains_key(&key) {
            generations.old = mem::take(&mut generations.young);
        }
        let entry = Entry {
            status,
            asked_at: now,
        };
        generations.young.insert(key, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(half: usize) -> Cache {
        Cache {
            age: Duration::from_secs(1),
            half,
            generations: Mutex::default(),
        }
    }

    fn key(session: u8, token: u8) -> Key {
        Key {
            sid: Some(Sid::from_bytes([session; 16])),
            revocation: Some(OneTimeId::from_bytes([token; 32])),
        }
    }

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    #[test]
    fn no_more_is_remembered_than_was_allowed() {
        let cache = cache(2);
        // Tokens of one session are as many entries.
        let keys: Vec<Key> = (0..9).map(|n| key(n / 3, n)).collect();
        for key in &keys {
            cache.put(*key, TokenStatus::Active, NOW);
            cache.put(*key, TokenStatus::Active, NOW);
            assert_eq!(cache.get(*key, NOW), Some(TokenStatus::Active));
            let remembered = keys.iter().filter(|key| cache.get(**key, NOW).is_some());
            assert!(remembered.count() <= 4);
        }
    }

    #[test]
    fn an_active_token_says_nothing_of_another_of_its_session() {
        let cache = cache(10);
        cache.put(key(1, 1), TokenStatus::Active, NOW);
        assert_eq!(cache.get(key(1, 2), NOW), None);
        cache.put(key(1, 2), TokenStatus::Revoked, NOW);
        assert_eq!(cache.get(key(1, 1), NOW), Some(TokenStatus::Active));
        assert_eq!(cache.get(key(2, 1), NOW), None);
    }
}
