//! Advances that take more than one step.

use reissue::store::{Advance, Advanced};

use super::defect::Defect;
use super::store::{SmallStore, pause};

impl SmallStore {
    /// Writes what it has computed, whatever others wrote meanwhile.
    pub(crate) async fn advance_unchecked(&self, advance: &Advance) -> Advanced {
        let key = (advance.subject, advance.sid);
        let Some((family, advanced)) = self.step(|state, now| state.advanced(advance, now)) else {
            return Advanced::Missing;
        };
        pause().await;
        self.step(|state, _| state.families.insert(key, family));
        advanced
    }

    /// Writes what it has computed if the family is gone meanwhile.
    pub(crate) async fn advance_or_insert(&self, advance: &Advance) -> Advanced {
        let key = (advance.subject, advance.sid);
        let advanced = self.step(|state, now| state.advanced(advance, now));
        pause().await;
        self.step(|state, now| match advanced {
            Some((family, advanced)) if !state.families.contains_key(&key) => {
                state.families.insert(key, family);
                advanced
            }
            _ => state.advance(advance, now),
        })
    }

    /// Compares the attempt in a step of its own.
    pub(crate) async fn advance_after_a_look(&self, advance: &Advance) -> Advanced {
        let key = (advance.subject, advance.sid);
        let is_done = self.step(|state, now| {
            let family = state.live(advance.subject, advance.sid, now);
            family.is_some_and(|family| state.is_done(family, advance))
        });
        pause().await;
        self.step(|state, now| {
            let Some(family) = state.live(advance.subject, advance.sid, now).cloned() else {
                return Advanced::Missing;
            };
            if is_done {
                return Advanced::Done;
            }
            let (family, advanced) = state.advanced_by_a_new_attempt(family, advance, now);
            state.families.insert(key, family);
            advanced
        })
    }

    /// Keeps other advances out between two steps, but not the end of its own future.
    pub(crate) async fn advance_under_a_lock(&self, advance: &Advance) -> Advanced {
        let key = (advance.subject, advance.sid);
        let _lock = self.lock().await;
        let (before, advanced, after) = self.step(|state, now| {
            let before = state.families.get(&key).cloned();
            let advanced = state.advance(advance, now);
            (before, advanced, state.families.get(&key).cloned())
        });
        let (Some(before), Some(after)) = (before, after) else {
            return advanced;
        };
        if before.generation == after.generation {
            return advanced;
        }
        // What the first transaction leaves to the second.
        let mut between = after.clone();
        between.attempts = before.attempts;
        if self.has(Defect::AdvanceIsTwoTransactions) {
            between.attempts = after.attempts.clone();
            between.deadline = before.deadline;
            between.rotations = before.rotations;
        }
        self.step(|state, _| state.families.insert(key, between));
        pause().await;
        self.step(|state, _| {
            if let Some(family) = state.families.get_mut(&key) {
                let conflicts = family.conflicts;
                *family = after;
                family.conflicts = conflicts;
            }
        });
        advanced
    }
}
