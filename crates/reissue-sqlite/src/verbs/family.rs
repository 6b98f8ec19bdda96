//! One session, and what an advance and a replacement do to it.

use bytes::Bytes;
use reissue::store::transfer::SessionEntry;
use reissue::store::{
    Advance, Attempt, Create, PastRotation, Record, Replace, Replaced, Revision, SubjectKey,
};
use reissue::{Sid, Timestamp};

use super::history::{self, Entry};

/// A row of the table.
#[derive(Clone, Debug)]
pub(super) struct Family {
    pub(super) generation: u64,
    pub(super) revision: Revision,
    pub(super) conflicts: u32,
    pub(super) shared: u8,
    pub(super) created_at: Timestamp,
    pub(super) rotated_at: Timestamp,
    pub(super) skipped: u8,
    pub(super) deadline: Option<Timestamp>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) attempt: Option<[u8; 8]>,
    pub(super) history: Vec<u8>,
    pub(super) details: Bytes,
}

/// What became of an advance.
pub(super) enum Step {
    /// The attempt was made before: nothing changed.
    Again,
    /// Superseded by others: the conflict was counted.
    Counted,
    /// The generation moved.
    Moved,
    /// Another generation or revision was expected: nothing changed.
    Unexpected,
}

impl Family {
    pub(super) fn new(create: &Create, now: Timestamp) -> Self {
        Self {
            generation: 0,
            revision: Revision::ORIGINAL,
            conflicts: 0,
            shared: 0,
            created_at: now,
            rotated_at: now,
            skipped: 0,
            deadline: nearer(create.idle.map(|idle| now + idle), create.expires_at),
            expires_at: create.expires_at,
            attempt: None,
            history: Vec::new(),
            details: create.details.clone(),
        }
    }

    /// Returns the family of an entry.
    pub(super) fn import(entry: &SessionEntry) -> Self {
        Self {
            generation: entry.generation,
            revision: entry.revision,
            conflicts: entry.conflicts,
            shared: entry.shared_generations,
            created_at: entry.created_at,
            rotated_at: entry.rotated_at,
            skipped: entry.skipped,
            deadline: entry.deadline,
            expires_at: entry.expires_at,
            attempt: entry.attempt.map(|attempt| *attempt.as_bytes()),
            history: history::of(&entry.earlier_rotations),
            details: entry.details.clone(),
        }
    }

    /// Returns the entry of this family.
    pub(super) fn export(self, subject: SubjectKey, sid: Sid) -> SessionEntry {
        SessionEntry {
            subject,
            sid,
            generation: self.generation,
            revision: self.revision,
            conflicts: self.conflicts,
            shared_generations: self.shared,
            created_at: self.created_at,
            rotated_at: self.rotated_at,
            attempt: self.attempt.map(Attempt::from_bytes),
            skipped: self.skipped,
            earlier_rotations: history::export(&self.history),
            deadline: self.deadline,
            expires_at: self.expires_at,
            details: self.details,
        }
    }

    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        self.deadline.is_none_or(|deadline| now < deadline)
    }

    pub(super) fn advance(&mut self, advance: &Advance, now: Timestamp) -> Step {
        if self.attempt.as_ref() == Some(advance.attempt.as_bytes()) {
            return Step::Again;
        }
        if self.generation > advance.from {
            self.conflicts = self.conflicts.saturating_add(1);
            return Step::Counted;
        }
        if self.generation != advance.from || self.revision != advance.revision {
            return Step::Unexpected;
        }
        if let Some(last) = self.last_rotation() {
            self.history = history::push(&self.history, last, advance.history, now);
        }
        let skipped = advance.to.saturating_sub(advance.from).saturating_sub(1);
        self.skipped = u8::try_from(skipped).unwrap_or(u8::MAX);
        self.shared = match self.conflicts {
            0 => 0,
            _ => self.shared.saturating_add(1),
        };
        self.generation = advance.to;
        self.attempt = Some(*advance.attempt.as_bytes());
        self.rotated_at = now;
        self.deadline = nearer(advance.idle.map(|idle| now + idle), self.expires_at);
        self.conflicts = 0;
        Step::Moved
    }

    /// Replaces the details. The result is `None` if nothing is to be written and the replacement
    /// had been made before.
    pub(super) fn replace(&mut self, replace: &Replace, now: Timestamp) -> Option<Replaced> {
        if self.revision == replace.revision {
            self.revision = replace.next;
            self.details = replace.details.clone();
            return Some(Replaced::Done);
        }
        if self.revision == replace.next {
            return None;
        }
        Some(Replaced::Conflict(self.record(now)))
    }

    pub(super) fn record(&self, now: Timestamp) -> Record {
        let last_rotation = self
            .last_rotation()
            .map(|entry| entry.rotation(self.generation, now));
        Record {
            generation: self.generation,
            revision: self.revision,
            conflicts: self.conflicts,
            shared_generations: self.shared,
            created_at: self.created_at,
            rotated_at: self.rotated_at,
            last_rotation,
            earlier_rotations: self.earlier_rotations(last_rotation, now),
            deadline: self.deadline,
            details: self.details.clone(),
        }
    }

    fn earlier_rotations(&self, last: Option<PastRotation>, now: Timestamp) -> Vec<PastRotation> {
        last.map(|last| history::rotations(&self.history, last.from, now))
            .unwrap_or_default()
    }

    fn last_rotation(&self) -> Option<Entry> {
        (self.generation > 0).then_some(Entry {
            at: self.rotated_at,
            skipped: self.skipped,
        })
    }
}

fn nearer(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}
