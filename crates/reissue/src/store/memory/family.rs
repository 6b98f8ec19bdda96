//! One family, and what an advance and a replacement do to it.

use bytes::Bytes;

use crate::clock::Timestamp;
use crate::store::{Advance, Advanced, Attempt, Create, Record, Replaced};

pub(super) struct Family {
    generation: u64,
    revision: u64,
    created_at: Timestamp,
    pub(super) rotated_at: Timestamp,
    pub(super) deadline: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    /// Where the family stands in the timer: at its deadline, or before it since the deadline moved on.
    pub(super) due: Option<Timestamp>,
    /// Not `Bytes`: those may keep a larger buffer alive, and take twice the space.
    details: Box<[u8]>,
    conflicts: u32,
    attempt: Option<Attempt>,
}

impl Family {
    pub(super) fn new(create: &Create, details: Box<[u8]>, now: Timestamp) -> Self {
        Self {
            generation: 0,
            revision: 0,
            created_at: now,
            rotated_at: now,
            deadline: nearer(create.idle.map(|idle| now + idle), create.expires_at),
            expires_at: create.expires_at,
            due: None,
            details,
            conflicts: 0,
            attempt: None,
        }
    }

    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        self.deadline.is_none_or(|deadline| now < deadline)
    }

    /// Whether the timer would come to this family only after its deadline.
    pub(super) fn is_due_late(&self) -> bool {
        match (self.due, self.deadline) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(due), Some(deadline)) => deadline < due,
        }
    }

    pub(super) fn advance(&mut self, advance: &Advance, now: Timestamp) -> Advanced {
        if self.attempt == Some(advance.attempt) {
            return Advanced::Done;
        }
        if self.generation != advance.from || self.revision != advance.revision {
            self.conflicts = self.conflicts.saturating_add(1);
            return Advanced::Conflict(self.record(now));
        }
        self.generation = advance.to;
        self.attempt = Some(advance.attempt);
        self.rotated_at = now;
        self.deadline = nearer(advance.idle.map(|idle| now + idle), self.expires_at);
        self.conflicts = 0;
        Advanced::Done
    }

    pub(super) fn replace(&mut self, revision: u64, details: &[u8], now: Timestamp) -> Replaced {
        if self.revision == revision {
            self.revision += 1;
            self.details = details.into();
            return Replaced::Done;
        }
        let is_sent_twice = self.revision.checked_sub(1) == Some(revision);
        if is_sent_twice && *self.details == *details {
            return Replaced::Done;
        }
        Replaced::Conflict(self.record(now))
    }

    pub(super) fn record(&self, now: Timestamp) -> Record {
        Record {
            generation: self.generation,
            revision: self.revision,
            conflicts: self.conflicts,
            created_at: self.created_at,
            rotated_at: self.rotated_at,
            since_rotation: now.since(self.rotated_at),
            deadline: self.deadline,
            details: Bytes::copy_from_slice(&self.details),
        }
    }
}

fn nearer(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}
