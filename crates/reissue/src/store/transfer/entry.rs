//! What is carried from one store to another.
#![expect(
    clippy::exhaustive_structs,
    reason = "stores outside this crate build and match these; a new field must break them loudly"
)]

use std::time::Duration;

use bytes::Bytes;

use crate::clock::Timestamp;
use crate::store::{Attempt, OneTimeId, Revision, Sid, SubjectKey};

/// Everything that a store holds of one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionEntry {
    /// The subject of the session.
    pub subject: SubjectKey,
    /// The session.
    pub sid: Sid,
    /// The generation of the newest refresh token.
    pub generation: u64,
    /// The revision of the details.
    pub revision: Revision,
    /// How many superseded generations were presented since the last rotation.
    pub conflicts: u32,
    /// How many generations in a row were presented more than once.
    pub shared_generations: u8,
    /// When the session was created.
    pub created_at: Timestamp,
    /// When the generation last changed; the creation, for generation 0.
    pub rotated_at: Timestamp,
    /// The attempt of the last rotation; `None` at generation 0.
    pub attempt: Option<Attempt>,
    /// How many generations the last rotation led ahead, less one; 0 at generation 0.
    pub skipped: u8,
    /// The rotations before the last that the store remembers, newest first and without a gap: at
    /// most [`PastRotation::MAX_EARLIER`](crate::store::PastRotation::MAX_EARLIER).
    pub earlier_rotations: Vec<Rotation>,
    /// When the session goes missing unless it is advanced: the nearer of idle deadline and
    /// absolute expiry. `None` if never.
    pub deadline: Option<Timestamp>,
    /// When it ends however often it is advanced; `None` for no end.
    pub expires_at: Option<Timestamp>,
    /// Opaque bytes of the engine.
    pub details: Bytes,
}

impl SessionEntry {
    /// Returns how long the session lives after its last rotation without another one; `None` if
    /// its absolute expiry is nearer, or if it lives for any time.
    ///
    /// For a store that keeps this time instead of the deadline. A longer idle time has no effect
    /// on the session as it is, and each advance sets it anew.
    #[must_use]
    pub fn idle(&self) -> Option<Duration> {
        self.deadline
            .filter(|deadline| Some(*deadline) != self.expires_at)
            .map(|deadline| deadline.since(self.rotated_at))
    }

    /// Returns whether the session has not expired when the store's clock shows `now`.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.deadline.is_none_or(|deadline| now < deadline)
    }
}

/// A rotation before the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// When it was.
    pub at: Timestamp,
    /// How many generations it led ahead, less one.
    pub skipped: u8,
}

/// A single-use id that is consumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneTimeEntry {
    /// The id.
    pub id: OneTimeId,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}
