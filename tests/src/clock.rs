//! A clock that stands still until it is advanced.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reissue::{Clock, Timestamp};

/// A clock that stands still until it is advanced. Clones share the time.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicU64>);

impl ManualClock {
    /// Goes on by so much.
    pub fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).expect("tests do not run for ages");
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    /// Steps back by so much.
    pub fn step_back(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).expect("tests do not run for ages");
        self.0.fetch_sub(millis, Ordering::SeqCst);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self(Arc::new(AtomicU64::new(1_800_000_000_000)))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}
