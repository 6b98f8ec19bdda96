//! Which sessions live: asked of the store, and remembered for a short while if so configured.

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::refusal::Refusal;
use crate::clock::Timestamp;
use crate::server::Server;
use crate::store::Sid;

/// Asks a server whether sessions live.
pub(super) struct SessionCheck {
    pub(super) server: Server,
    cache: Option<Cache>,
}

/// What is known without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Ended,
    Live,
    Unknown,
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

    /// What is remembered of a session.
    pub(super) fn recall(&self, sid: Sid, now: Timestamp) -> Known {
        self.cache
            .as_ref()
            .map_or(Known::Unknown, |cache| cache.get(sid, now))
    }

    /// Asks the store. `now` is the moment from which on the answer is remembered.
    pub(super) async fn ask(&self, subject: &str, sid: Sid, now: Timestamp) -> Result<(), Refusal> {
        let is_live = self
            .server
            .is_live(subject, sid)
            .await
            .map_err(|_| Refusal::StoreUnavailable)?;
        if let Some(cache) = &self.cache {
            cache.put(sid, is_live, now);
        }
        if is_live {
            Ok(())
        } else {
            Err(Refusal::SessionMissing)
        }
    }
}

/// Answers of the store that are not too old. Two generations of half the size each: when the young one is full, it
/// becomes the old one, and the old one goes, so that room is made in no time.
struct Cache {
    age: Duration,
    half: usize,
    generations: Mutex<Generations>,
}

#[derive(Default)]
struct Generations {
    young: HashMap<Sid, Entry>,
    old: HashMap<Sid, Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    is_live: bool,
    asked_at: Timestamp,
}

impl Cache {
    fn get(&self, sid: Sid, now: Timestamp) -> Known {
        let generations = self
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let entry = generations
            .young
            .get(&sid)
            .or_else(|| generations.old.get(&sid));
        // An answer from the future was given before the clock stepped back: its age is unknown.
        let is_fresh =
            |entry: &&Entry| entry.asked_at <= now && now.since(entry.asked_at) < self.age;
        match entry.filter(is_fresh) {
            Some(entry) if entry.is_live => Known::Live,
            Some(_) => Known::Ended,
            None => Known::Unknown,
        }
    }

    fn put(&self, sid: Sid, is_live: bool, now: Timestamp) {
        let mut generations = self
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if generations.young.len() >= self.half && !generations.young.contains_key(&sid) {
            generations.old = mem::take(&mut generations.young);
        }
        let entry = Entry {
            is_live,
            asked_at: now,
        };
        generations.young.insert(sid, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_remembered_than_was_allowed() {
        let now = Timestamp::from_secs(1_800_000_000);
        let cache = Cache {
            age: Duration::from_secs(1),
            half: 2,
            generations: Mutex::default(),
        };
        let sids: Vec<Sid> = (0..9).map(|n| Sid::from_bytes([n; 16])).collect();
        for sid in &sids {
            cache.put(*sid, true, now);
            cache.put(*sid, true, now);
            assert_eq!(cache.get(*sid, now), Known::Live);
            let remembered = sids
                .iter()
                .filter(|sid| cache.get(**sid, now) == Known::Live);
            assert!(remembered.count() <= 4);
        }
    }
}
