//! The one trip to the store: the memory store, with a thousand sessions of as many subjects.

use std::cell::Cell;
use std::time::Duration;

use bytes::Bytes;
use reissue::Sid;
use reissue::store::{
    self, Advanced, Attempt, Create, MemoryStore, Revision, Store as _, SubjectKey,
};

use super::Step;
use super::setup::block_on;

/// Of a session that was last refreshed longer ago than its grace, as most are.
pub(crate) struct Advance {
    store: MemoryStore,
    generation: Cell<u64>,
    history: Duration,
}

/// Of a session that has just been refreshed, and remembers it.
pub(crate) struct AdvanceInBurst(Advance);

impl Default for Advance {
    fn default() -> Self {
        let store = MemoryStore::new();
        for session in 0..1_000 {
            let created = store.create(Create {
                subject: subject(session),
                sid: SID,
                idle: Some(IDLE),
                expires_at: None,
                details: Bytes::from_static(br#"{"c":"web","p":"openid read write"}"#),
                limit: None,
            });
            block_on(created).expect("it is created");
        }
        let generation = Cell::new(0);
        Self {
            store,
            generation,
            history: Duration::ZERO,
        }
    }
}

impl Default for AdvanceInBurst {
    fn default() -> Self {
        Self(Advance {
            history: GRACE,
            ..Advance::default()
        })
    }
}

impl Step for AdvanceInBurst {
    type Input = store::Advance;
    type Output = Advanced;

    fn input(&self) -> store::Advance {
        self.0.input()
    }

    fn run(&self, advance: store::Advance) -> Advanced {
        self.0.run(advance)
    }
}

impl Step for Advance {
    type Input = store::Advance;
    type Output = Advanced;

    fn input(&self) -> store::Advance {
        let from = self.generation.get();
        self.generation.set(from + 1);
        store::Advance {
            subject: subject(500),
            sid: SID,
            from,
            to: from + 1,
            revision: Revision::ORIGINAL,
            attempt: Attempt::from_bytes(from.to_le_bytes()),
            history: self.history,
            idle: Some(IDLE),
        }
    }

    fn run(&self, advance: store::Advance) -> Advanced {
        let advanced = block_on(self.store.advance(advance)).expect("the store responds");
        assert_eq!(advanced, Advanced::Done);
        advanced
    }
}

fn subject(session: u32) -> SubjectKey {
    SubjectKey::derive("https://id.example", &session.to_string())
}

const SID: Sid = Sid::from_bytes([7; 16]);
const GRACE: Duration = Duration::from_secs(60);
const IDLE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
