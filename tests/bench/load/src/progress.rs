//! How a run is going.

use std::fmt;
use std::time::Duration;

/// How a run is going: once a second.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Progress {
    /// Since the sessions began to refresh.
    pub elapsed: Duration,
    /// Refreshes since then.
    pub refreshes: u64,
    /// Refreshes since the last time.
    pub since_last: u64,
    /// Everything that was no such response.
    pub errors: u64,
    /// Honest clients that were logged out.
    pub lost: u64,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:>5.0} s {:>10} refreshes {:>8} in the last second {:>6} errors {:>4} lost",
            self.elapsed.as_secs_f64(),
            self.refreshes,
            self.since_last,
            self.errors,
            self.lost
        )
    }
}
