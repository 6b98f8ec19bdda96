//! The state that the callers of a queue and its threads share.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::state::State;

/// The state of a queue, and what its threads wait for.
#[derive(Default)]
pub(super) struct Shared {
    state: Mutex<State>,
    /// Signalled when there is a deadline again.
    pub(super) changed: Condvar,
    /// Signalled when there is a task for a thread.
    pub(super) given: Condvar,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for another deadline, for a limited time.
    pub(super) fn wait<'s>(
        &self,
        state: MutexGuard<'s, State>,
        for_at_most: Duration,
    ) -> MutexGuard<'s, State> {
        let waited = self.changed.wait_timeout(state, for_at_most);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Waits for a task, for a limited time; returns whether that time has passed.
    pub(super) fn wait_for_task<'s>(
        &self,
        state: MutexGuard<'s, State>,
        for_at_most: Duration,
    ) -> (MutexGuard<'s, State>, bool) {
        let waited = self.given.wait_timeout(state, for_at_most);
        let (state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        (state, timeout.timed_out())
    }
}
