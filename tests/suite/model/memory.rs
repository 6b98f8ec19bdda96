//! The memory store, with a journal from which its past is made again.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use reissue::store::{
    Advance, Advanced, Consume, Consumed, Create, Created, Cursor, MemoryStore, OneTimeId, Page,
    Record, Replace, Replaced, Revoke, Store, StoreError, SubjectKey,
};
use reissue::{Clock as _, Sid, Timestamp};
use reissue_tests::{ManualClock, drop_after};

use super::world::World;

/// A memory store by a clock that stands still.
#[derive(Default)]
pub(super) struct Memory {
    clock: ManualClock,
    store: JournaledStore,
    /// How long the journal was.
    remembered: Vec<usize>,
}

impl World for Memory {
    type Store = JournaledStore;

    const TICK: u64 = 1;

    const COUNTS_EXACTLY: bool = true;

    fn store(&self) -> JournaledStore {
        self.store.clone()
    }

    fn clock(&self) -> &ManualClock {
        &self.clock
    }

    fn begin_step(&mut self) {}

    async fn pass(&mut self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
        let journaled = self.store.journaled();
        journaled.clock.advance(Duration::from_secs(seconds));
    }

    async fn remember(&mut self, depth: usize) {
        self.remembered.truncate(depth);
        self.remembered.push(self.store.journaled().entries.len());
    }

    async fn fail_over(&mut self, depth: usize) {
        self.store.rewind(self.remembered[depth]);
    }
}

/// A memory store that remembers what has changed it. Clones are the same store.
#[derive(Clone, Default)]
pub(super) struct JournaledStore {
    journaled: Arc<Mutex<Journaled>>,
}

struct Journaled {
    clock: ManualClock,
    store: MemoryStore,
    entries: Vec<(Timestamp, Entry)>,
}

#[derive(Clone)]
enum Entry {
    Advance(Advance),
    Create(Create),
    Replace(Replace),
    Revoke(SubjectKey, Revoke),
}

impl Entry {
    async fn redo(self, store: &MemoryStore) -> Result<(), StoreError> {
        match self {
            Self::Advance(advance) => store.advance(advance).await.map(drop),
            Self::Create(create) => store.create(create).await.map(drop),
            Self::Replace(replace) => store.replace(replace).await.map(drop),
            Self::Revoke(subject, revoke) => store.revoke(subject, revoke).await.map(drop),
        }
    }
}

impl JournaledStore {
    /// Does the first so many of all changes again, each at its time.
    fn rewind(&self, length: usize) {
        let mut journaled = self.journaled();
        let now = journaled.clock.now();
        let mut entries = mem::take(&mut *journaled).entries;
        entries.truncate(length);
        for (time, entry) in entries {
            journaled.go_on_to(time);
            let store = journaled.note(entry.clone());
            // The memory store never waits.
            drop_after(1, entry.redo(&store)).unwrap().unwrap();
        }
        journaled.go_on_to(now);
    }

    fn journaled(&self) -> MutexGuard<'_, Journaled> {
        self.journaled.lock().unwrap()
    }
}

impl Journaled {
    fn go_on_to(&self, time: Timestamp) {
        self.clock.advance(time.since(self.clock.now()));
    }

    fn note(&mut self, entry: Entry) -> MemoryStore {
        self.entries.push((self.clock.now(), entry));
        self.store.clone()
    }
}

impl Default for Journaled {
    fn default() -> Self {
        let clock = ManualClock::default();
        Self {
            store: MemoryStore::with_clock(clock.clone()),
            clock,
            entries: Vec::new(),
        }
    }
}

impl Store for JournaledStore {
    async fn create(&self, create: Create) -> Result<Created, StoreError> {
        let store = self.journaled().note(Entry::Create(create.clone()));
        store.create(create).await
    }

    async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError> {
        let store = self.journaled().note(Entry::Advance(advance));
        store.advance(advance).await
    }

    async fn replace(&self, replace: Replace) -> Result<Replaced, StoreError> {
        let store = self.journaled().note(Entry::Replace(replace.clone()));
        store.replace(replace).await
    }

    async fn load(&self, subject: SubjectKey, sid: Sid) -> Result<Option<Record>, StoreError> {
        let store = self.journaled().store.clone();
        store.load(subject, sid).await
    }

    async fn sessions(
        &self,
        subject: SubjectKey,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let store = self.journaled().store.clone();
        store.sessions(subject, cursor, limit).await
    }

    async fn revoke(&self, subject: SubjectKey, revoke: Revoke) -> Result<u64, StoreError> {
        let store = self.journaled().note(Entry::Revoke(subject, revoke));
        store.revoke(subject, revoke).await
    }

    async fn consume(&self, consume: Consume) -> Result<Consumed, StoreError> {
        let store = self.journaled().store.clone();
        store.consume(consume).await
    }

    async fn is_consumed(&self, id: OneTimeId) -> Result<bool, StoreError> {
        let store = self.journaled().store.clone();
        store.is_consumed(id).await
    }
}
