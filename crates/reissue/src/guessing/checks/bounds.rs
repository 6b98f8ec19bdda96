//! The bounds of a queue.

use std::time::Duration;

/// How many checks there may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) concurrency: usize,
    /// Checks that run or wait.
    pub(super) places: usize,
    /// Decoys among these.
    pub(super) decoys: usize,
    pub(super) deadline: Duration,
}

impl Bounds {
    pub(super) fn new(concurrency: usize, queue: usize, deadline: Duration) -> Self {
        let concurrency = concurrency.max(1);
        let places = concurrency.saturating_add(queue);
        Self {
            concurrency,
            places,
            decoys: (places / 2).max(1),
            deadline,
        }
    }
}
