//! One family, with its advance and its replacement.

use bytes::Bytes;

use super::history::{Entry, History};
use crate::clock::Timestamp;
use crate::store::transfer::SessionEntry;
use crate::store::{
    Advance, Advanced, Attempt, Create, Record, Replace, Replaced, Revision, Sid, SubjectKey,
};

pub(super) struct Family {
    generation: u64,
    /// Boxed, because few sessions are ever amended.
    amended: Option<Box<Revision>>,
    created_at: Timestamp,
    pub(super) rotated_at: Timestamp,
    pub(super) deadline: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    /// The time of the family's entry in the timer: its deadline, or an earlier one.
    pub(super) due: Option<Timestamp>,
    /// Not `Bytes`, which may keep a larger buffer alive and takes twice the space.
    details: Box<[u8]>,
    conflicts: u32,
    attempt: Option<Attempt>,
    shared_generations: u8,
    /// How many generations the last rotation skipped.
    skipped: u8,
    earlier: History,
}

impl Family {
    pub(super) fn new(create: &Create, details: Box<[u8]>, now: Timestamp) -> Self {
        Self {
            generation: 0,
            amended: None,
            created_at: now,
            rotated_at: now,
            deadline: nearer(create.idle.map(|idle| now + idle), create.expires_at),
            expires_at: create.expires_at,
            due: None,
            details,
            conflicts: 0,
            attempt: None,
            shared_generations: 0,
            skipped: 0,
            earlier: History::default(),
        }
    }

    /// Returns the family of an entry.
    pub(super) fn import(entry: &SessionEntry) -> Self {
        Self {
            generation: entry.generation,
            amended: amended(entry.revision),
            created_at: entry.created_at,
            rotated_at: entry.rotated_at,
            deadline: entry.deadline,
            expires_at: entry.expires_at,
            due: None,
            details: Box::from(&*entry.details),
            conflicts: entry.conflicts,
            attempt: entry.attempt,
            shared_generations: entry.shared_generations,
            skipped: entry.skipped,
            earlier: History::of(&entry.earlier_rotations),
        }
    }

    /// Returns the entry of this family.
    pub(super) fn export(&self, subject: SubjectKey, sid: Sid) -> SessionEntry {
        SessionEntry {
            subject,
            sid,
            generation: self.generation,
            revision: self.revision(),
            conflicts: self.conflicts,
            shared_generations: self.shared_generations,
            created_at: self.created_at,
            rotated_at: self.rotated_at,
            attempt: self.attempt,
            skipped: self.skipped,
            earlier_rotations: self.earlier.export(),
            deadline: self.deadline,
            expires_at: self.expires_at,
            details: Bytes::copy_from_slice(&self.details),
        }
    }

    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        self.deadline.is_none_or(|deadline| now < deadline)
    }

    /// Returns whether the entry in the timer is after the deadline.
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
        if self.generation != advance.from || self.revision() != advance.revision {
            if self.generation > advance.from {
                self.conflicts = self.conflicts.saturating_add(1);
            }
            return Advanced::Conflict(self.record(now));
        }
        if let Some(last) = self.last_rotation() {
            self.earlier.push(last, advance.history, now);
        }
        self.skipped = Entry::new(now, advance.from, advance.to).skipped;
        self.shared_generations = match self.conflicts {
            0 => 0,
            _ => self.shared_generations.saturating_add(1),
        };
        self.generation = advance.to;
        self.attempt = Some(advance.attempt);
        self.rotated_at = now;
        self.deadline = nearer(advance.idle.map(|idle| now + idle), self.expires_at);
        self.conflicts = 0;
        Advanced::Done
    }

    pub(super) fn replace(&mut self, replace: &Replace, now: Timestamp) -> Replaced {
        let revision = self.revision();
        if revision == replace.revision {
            self.amended = amended(replace.next);
            self.details = Box::from(&*replace.details);
            return Replaced::Done;
        }
        if revision == replace.next {
            return Replaced::Done;
        }
        Replaced::Conflict(self.record(now))
    }

    pub(super) fn record(&self, now: Timestamp) -> Record {
        let last_rotation = self
            .last_rotation()
            .map(|entry| entry.rotation(self.generation, now));
        Record {
            generation: self.generation,
            revision: self.revision(),
            conflicts: self.conflicts,
            shared_generations: self.shared_generations,
            created_at: self.created_at,
            rotated_at: self.rotated_at,
            last_rotation,
            earlier_rotations: last_rotation
                .map(|last| self.earlier.rotations(last.from, now))
                .unwrap_or_default(),
            deadline: self.deadline,
            details: Bytes::copy_from_slice(&self.details),
        }
    }

    fn last_rotation(&self) -> Option<Entry> {
        (self.generation > 0).then_some(Entry {
            at: self.rotated_at,
            skipped: self.skipped,
        })
    }

    fn revision(&self) -> Revision {
        self.amended
            .as_deref()
            .copied()
            .unwrap_or(Revision::ORIGINAL)
    }
}

fn amended(revision: Revision) -> Option<Box<Revision>> {
    (revision != Revision::ORIGINAL).then(|| Box::new(revision))
}

fn nearer(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}
