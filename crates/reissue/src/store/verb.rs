//! The input and output of a store's verbs.
#![expect(
    clippy::exhaustive_structs,
    clippy::exhaustive_enums,
    reason = "stores outside this crate build and match these; a new field must break them loudly"
)]

use std::time::Duration;

use bytes::Bytes;

use super::{Attempt, OneTimeId, PastRotation, Revision, Sid, SubjectKey};
use crate::clock::Timestamp;

/// One family as the store holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The generation of the newest refresh token; 0 for the first.
    pub generation: u64,
    /// The revision of the details.
    pub revision: Revision,
    /// How many superseded generations were presented since the last advance that succeeded.
    /// Saturates.
    pub conflicts: u32,
    /// How many generations in a row, up to the one before the current one, were presented more
    /// than once. Saturates.
    pub shared_generations: u8,
    /// When the family was created, by the store's clock.
    pub created_at: Timestamp,
    /// When the generation last changed, by the store's clock; the creation, for generation 0.
    pub rotated_at: Timestamp,
    /// The last rotation; `None` at generation 0.
    pub last_rotation: Option<PastRotation>,
    /// The rotations before the last that the store remembers, newest first and without a gap.
    pub earlier_rotations: Vec<PastRotation>,
    /// When the family goes missing unless it is advanced: the nearer of idle deadline and absolute
    /// expiry. `None` if never.
    pub deadline: Option<Timestamp>,
    /// Opaque bytes of the engine: the store neither reads nor changes them.
    pub details: Bytes,
}

impl Record {
    /// Returns how long ago a generation was superseded, by the store's clock. `None` if it was
    /// not, or so long ago that the store does not remember.
    #[must_use]
    pub fn superseded_for(&self, generation: u64) -> Option<Duration> {
        if generation >= self.generation {
            return None;
        }
        let mut rotations = self.last_rotation.iter().chain(&self.earlier_rotations);
        rotations
            .find(|rotation| rotation.from <= generation)
            .map(|rotation| rotation.age)
    }
}

/// Input of [`Store::create`](super::Store::create).
#[derive(Clone, Debug)]
pub struct Create {
    /// The subject of the family.
    pub subject: SubjectKey,
    /// The family.
    pub sid: Sid,
    /// How long it lives without an advance; `None` for any time.
    pub idle: Option<Duration>,
    /// When it ends however often it is advanced; `None` for no end.
    pub expires_at: Option<Timestamp>,
    /// What to keep with it.
    pub details: Bytes,
    /// How many live families the subject may have, this one included; `None` for any number.
    pub limit: Option<SessionLimit>,
}

/// How many sessions a subject may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimit {
    /// The largest number of live sessions; at least one.
    pub max: u32,
    /// What happens to one more.
    pub when_full: WhenFull,
}

/// What happens when a subject at its [`SessionLimit`] opens one more session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// The session that was not refreshed for the longest time ends.
    EvictOldest,
    /// The new session is denied.
    Refuse,
}

/// Output of [`Store::create`](super::Store::create).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// The family is recorded, and these were evicted for it.
    Done {
        /// Evicted to stay within the limit; empty with [`WhenFull::Refuse`].
        evicted: Vec<Sid>,
    },
    /// The subject is at its limit; nothing was recorded.
    Full,
}

/// Input of [`Store::advance`](super::Store::advance).
#[derive(Clone, Copy, Debug)]
pub struct Advance {
    /// The subject of the family.
    pub subject: SubjectKey,
    /// The family.
    pub sid: Sid,
    /// The generation that the record must have.
    pub from: u64,
    /// The generation that it gets: above `from`, by at most [`PastRotation::MAX_SKIP`].
    pub to: u64,
    /// The revision that the record must have.
    pub revision: Revision,
    /// Names this advance, so that it is not done twice.
    pub attempt: Attempt,
    /// How old a rotation before this one may be and still be remembered: the longest grace that
    /// applies to the family.
    pub history: Duration,
    /// How long the family now lives without an advance; `None` for ever. Never past its absolute
    /// expiry.
    pub idle: Option<Duration>,
}

/// Output of [`Store::advance`](super::Store::advance).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advanced {
    /// Generation or revision was another; nothing moved but, for a superseded generation, the
    /// conflict count.
    Conflict(Record),
    /// The family has the new generation.
    Done,
    /// No such family: revoked, expired, or never there.
    Missing,
}

/// Input of [`Store::replace`](super::Store::replace).
#[derive(Clone, Debug)]
pub struct Replace {
    /// The subject of the family.
    pub subject: SubjectKey,
    /// The family.
    pub sid: Sid,
    /// The revision that the record must have.
    pub revision: Revision,
    /// The revision that it gets, which names `details`.
    pub next: Revision,
    /// What to keep with it from now on.
    pub details: Bytes,
}

/// Output of [`Store::replace`](super::Store::replace).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// The revision was another; nothing changed.
    Conflict(Record),
    /// The family has the new details and the next revision.
    Done,
    /// No such family.
    Missing,
}

/// Output of [`Store::sessions`](super::Store::sessions).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The families of this page.
    pub families: Vec<(Sid, Record)>,
    /// Where the next page begins; `None` if this is the last.
    pub next: Option<Cursor>,
}

/// Where a page begins, in the store's own encoding. Opaque to callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor([u8; 16]);

impl Cursor {
    /// Makes a cursor of what a store needs to find the next page.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns what the store has put in.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Which families of a subject [`Store::revoke`](super::Store::revoke) ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoke {
    /// Every one.
    All,
    /// Every one but this, which need not exist.
    AllBut(Sid),
    /// Just this, which need not exist.
    One(Sid),
}

/// Input of [`Store::consume`](super::Store::consume).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consume {
    /// What is consumed.
    pub id: OneTimeId,
    /// How long it stays consumed, from now on; then it is forgotten, and could be consumed again.
    pub lifetime: Duration,
    /// Whether this is a revocation. A store that makes revocations durable does the same here, and
    /// fails if it cannot; others ignore it.
    pub is_revocation: bool,
}

/// Output of [`Store::consume`](super::Store::consume).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consumed {
    /// The id was consumed before.
    Already,
    /// The caller has consumed it.
    First,
}

/// Something about a store that an operator should know, though it serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable name in kebab case, for alerts.
    pub code: &'static str,
    /// What was found and what was expected, for people. Holds no secret.
    pub detail: String,
}
