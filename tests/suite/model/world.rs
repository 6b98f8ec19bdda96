//! A store, and everything that can happen to it from outside.

use reissue::store::Store;
use reissue_tests::ManualClock;

/// A store whose clock can be stepped, and which can lose its last writes.
pub(super) trait World {
    type Store: Store + Clone;

    /// The times of the store are known to so many seconds.
    const TICK: u64;

    /// Whether sessions that end at once are counted without those that have expired.
    const COUNTS_EXACTLY: bool;

    fn store(&self) -> Self::Store;

    /// The clock of the engine.
    fn clock(&self) -> &ManualClock;

    /// Another step begins.
    fn begin_step(&mut self);

    /// So many seconds go by, for engine and store.
    async fn pass(&mut self, seconds: u64);

    /// Puts what there is on top of what was remembered before.
    async fn remember(&mut self, depth: usize);

    /// Is again what it was when `depth` was remembered.
    async fn fail_over(&mut self, depth: usize);
}
