//! One login on one device.

use super::{Rules, Scopes};

/// Which family: a subject, and a number that orders its families as their public names do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// Whose.
    pub subject: u8,
    /// Which.
    pub sid: u128,
}

/// One family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Family {
    /// The generation of its newest token.
    pub generation: u64,
    /// How often its grant was changed.
    pub revision: u64,
    /// How many presentations were not the current token since the last rotation.
    pub conflicts: u32,
    /// What is granted.
    pub scopes: Scopes,
    /// When it began.
    pub created_at: u64,
    /// When its generation last changed.
    pub rotated_at: u64,
    /// When it ends unless it is rotated.
    pub deadline: Option<u64>,
    /// When it ends in any case.
    pub expires_at: Option<u64>,
}

impl Family {
    pub(super) fn new(scopes: Scopes, expires_at: Option<u64>, rules: &Rules, now: u64) -> Self {
        Self {
            generation: 0,
            revision: 0,
            conflicts: 0,
            scopes,
            created_at: now,
            rotated_at: now,
            deadline: nearer(expires_at, rules.idle.map(|idle| now + idle)),
            expires_at,
        }
    }

    /// Whether it has not come to its end.
    #[must_use]
    pub fn is_live(&self, now: u64) -> bool {
        self.deadline.is_none_or(|deadline| now < deadline)
    }

    pub(super) fn rotate(&mut self, generation: u64, rules: &Rules, now: u64) {
        self.generation = generation;
        self.conflicts = 0;
        self.rotated_at = now;
        self.deadline = nearer(self.expires_at, rules.idle.map(|idle| now + idle));
    }
}

pub(super) fn nearer(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    one.into_iter().chain(other).min()
}
