//! The results of an export and of an import.
#![expect(
    clippy::exhaustive_structs,
    reason = "stores outside this crate build these; a new field must break them loudly"
)]

use super::{ExportCursor, OneTimeEntry, SessionEntry};
use crate::clock::Timestamp;

/// Output of [`Transfer::export`](super::Transfer::export).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportPage {
    /// What the store's clock showed.
    pub now: Timestamp,
    /// The live sessions of this page.
    pub sessions: Vec<SessionEntry>,
    /// The consumed ids of this page.
    pub one_time_ids: Vec<OneTimeEntry>,
    /// Where the next page begins; `None` if this is the last.
    pub next: Option<ExportCursor>,
}

/// What an import has done to the entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many were missing before.
    pub added: u64,
    /// How many were there and differed.
    pub changed: u64,
    /// How many were there as they were given.
    pub unchanged: u64,
}

impl Imported {
    /// Returns the number of entries that are now in the store.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.added + self.changed + self.unchanged
    }
}

impl std::ops::AddAssign for Imported {
    fn add_assign(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
    }
}
