//! A bounded cache with a maximum age.

use std::collections::HashMap;
use std::hash::Hash;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;

/// A bounded cache of recent results.
///
/// It has two generations of half the size each. When the young one is full, it becomes the old one
/// and the previous old one is dropped, so that no search for entries to drop is needed.
pub(super) struct Cache<K, V> {
    max_age: Duration,
    half: usize,
    generations: Mutex<Generations<K, V>>,
}

struct Generations<K, V> {
    young: HashMap<K, Entry<V>>,
    old: HashMap<K, Entry<V>>,
}

#[derive(Clone, Copy)]
struct Entry<V> {
    value: V,
    stored_at: Timestamp,
}

impl<K, V> Cache<K, V>
where
    K: Copy + Eq + Hash,
    V: Copy,
{
    pub(super) fn new(max_age: Duration, max_entries: usize) -> Self {
        Self {
            max_age,
            half: max_entries.div_ceil(2),
            generations: Mutex::new(Generations {
                young: HashMap::new(),
                old: HashMap::new(),
            }),
        }
    }

    pub(super) fn get(&self, key: K, now: Timestamp) -> Option<V> {
        let generations = self.lock();
        let entry = generations
            .young
            .get(&key)
            .or_else(|| generations.old.get(&key));
        // A result from the future was cached before the clock stepped back, so its age is unknown.
        let is_fresh =
            |entry: &&Entry<V>| entry.stored_at <= now && now.since(entry.stored_at) < self.max_age;
        entry.filter(is_fresh).map(|entry| entry.value)
    }

    pub(super) fn put(&self, key: K, value: V, now: Timestamp) {
        let mut generations = self.lock();
        if generations.young.len() >= self.half && !generations.young.contains_key(&key) {
            generations.old = mem::take(&mut generations.young);
        }
        let entry = Entry {
            value,
            stored_at: now,
        };
        generations.young.insert(key, entry);
    }

    fn lock(&self) -> MutexGuard<'_, Generations<K, V>> {
        self.generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_cached_than_was_allowed() {
        let cache = Cache::new(Duration::from_secs(1), 4);
        let now = Timestamp::from_secs(1_800_000_000);
        let keys: Vec<u8> = (0..9).collect();
        for key in &keys {
            cache.put(*key, (), now);
            cache.put(*key, (), now);
            assert_eq!(cache.get(*key, now), Some(()));
            let cached = keys.iter().filter(|key| cache.get(**key, now).is_some());
            assert!(cached.count() <= 4);
        }
    }
}
