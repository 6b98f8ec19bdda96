use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Since when a connection has not responded: the time at which the oldest request was sent that
/// no response came after. Counted from when the connection was opened.
///
/// Nanoseconds plus one; zero if the connection responds.
#[derive(Debug)]
pub(super) struct Stall(AtomicU64);

impl Stall {
    pub(super) const fn none() -> Self {
        Self(AtomicU64::new(0))
    }

    pub(super) fn end(&self) {
        // Most of the time there is nothing to end, and a load costs less than a store.
        if self.0.load(Ordering::Relaxed) != 0 {
            self.0.store(0, Ordering::Relaxed);
        }
    }

    /// Begins a stall at the time a request was sent, and returns when the current stall began.
    pub(super) fn begin(&self, sent: Duration) -> Duration {
        let sent = u64::try_from(sent.as_nanos()).unwrap_or(u64::MAX - 1);
        let began = self
            .0
            .compare_exchange(0, sent + 1, Ordering::Relaxed, Ordering::Relaxed)
            .map_or_else(|began| began - 1, |_| sent);
        Duration::from_nanos(began)
    }
}
