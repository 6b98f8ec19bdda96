use std::fmt;
use std::sync::Arc;

use super::shared::Shared;
use crate::clock::{Clock, SystemClock};
use crate::store::{
    Advance, Advanced, Consume, Consumed, Create, Created, Cursor, OneTimeId, Page, Record,
    Replace, Replaced, Revoke, Sid, Store, StoreError, SubjectKey,
};

/// A session store in the memory of this process, for tests and single servers.
///
/// Clones share their sessions. All sessions end when the last clone is dropped, so a restart logs
/// everyone out. Sessions that must survive a restart, or that several servers share, need a store
/// outside of the process.
///
/// A session takes a few hundred bytes, however often it is refreshed. No session is evicted to
/// save memory: bound the number of sessions by their lifetimes and by a
/// [`SessionLimit`](super::super::SessionLimit). Later writes remove expired sessions, a few at a
/// time; there is no background task.
///
/// Ages and deadlines follow the clock given to [`with_clock`](Self::with_clock), also when it
/// steps.
///
/// # Cancel safety
///
/// No method waits. Each takes effect completely when its future is first polled; a future that is
/// dropped before has no effect.
///
/// ```
/// use reissue::store::MemoryStore;
///
/// let store = MemoryStore::new();
/// let same_sessions = store.clone();
/// # drop(same_sessions);
/// ```
#[derive(Clone)]
pub struct MemoryStore {
    pub(super) shared: Arc<Shared>,
}

impl MemoryStore {
    /// Returns an empty store that uses the operating system's clock.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(SystemClock)
    }

    /// Returns an empty store that uses `clock`.
    ///
    /// ```
    /// use reissue::Timestamp;
    /// use reissue::store::MemoryStore;
    ///
    /// let store = MemoryStore::with_clock(|| Timestamp::from_secs(1_700_000_000));
    /// # drop(store);
    /// ```
    #[must_use]
    pub fn with_clock(clock: impl Clock) -> Self {
        Self {
            shared: Arc::new(Shared::new(clock)),
        }
    }

    #[cfg(test)]
    pub(super) fn counts(&self) -> (usize, usize) {
        let shards = &self.shared.shards;
        let families = shards.sum(|shard| shard.families.len());
        (families, shards.sum(|shard| shard.families.timer_len()))
    }

    #[cfg(test)]
    pub(super) fn one_time_ids(&self) -> usize {
        self.shared.shards.sum(|shard| shard.one_time_ids.len())
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl Store for MemoryStore {
    async fn create(&self, create: Create) -> Result<Created, StoreError> {
        let details = Box::from(&*create.details);
        Ok(self.shared.write(create.subject.as_bytes(), |shard, now| {
            shard.families.create(&create, details, now)
        }))
    }

    async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError> {
        Ok(self.shared.write(advance.subject.as_bytes(), |shard, now| {
            shard.families.advance(&advance, now)
        }))
    }

    async fn replace(&self, replace: Replace) -> Result<Replaced, StoreError> {
        Ok(self.shared.write(replace.subject.as_bytes(), |shard, now| {
            shard.families.replace(&replace, now)
        }))
    }

    async fn load(&self, subject: SubjectKey, sid: Sid) -> Result<Option<Record>, StoreError> {
        Ok(self.shared.read(subject.as_bytes(), |shard, now| {
            let family = shard.families.load(subject, sid, now)?;
            Some(family.record(now))
        }))
    }

    async fn sessions(
        &self,
        subject: SubjectKey,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let limit = limit.max(1);
        let after = cursor.map(|cursor| Sid::from_bytes(*cursor.as_bytes()));
        let families = self.shared.read(subject.as_bytes(), |shard, now| {
            shard.families.sessions(subject, after, limit, now)
        });
        let next = match families.last() {
            Some((sid, _)) if families.len() == limit => Some(Cursor::from_bytes(*sid.as_bytes())),
            _ => None,
        };
        Ok(Page { families, next })
    }

    async fn revoke(&self, subject: SubjectKey, revoke: Revoke) -> Result<u64, StoreError> {
        Ok(self.shared.write(subject.as_bytes(), |shard, now| {
            shard.families.revoke(subject, revoke, now)
        }))
    }

    async fn consume(&self, consume: Consume) -> Result<Consumed, StoreError> {
        let Consume { id, lifetime, .. } = consume;
        Ok(self.shared.write(id.as_bytes(), |shard, now| {
            shard.one_time_ids.consume(id, lifetime, now)
        }))
    }

    async fn is_consumed(&self, id: OneTimeId) -> Result<bool, StoreError> {
        Ok(self.shared.read(id.as_bytes(), |shard, now| {
            shard.one_time_ids.is_consumed(id, now)
        }))
    }
}
