use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::RedisStoreError;

/// The pause between attempts to connect. It begins at 20 ms and doubles with each failure, up to a
/// second.
#[derive(Default)]
pub(super) struct Backoff {
    failure: Option<Failure>,
}

/// The failures in a row.
struct Failure {
    last: RedisStoreError,
    count: u32,
    retry_at: Instant,
}

impl Backoff {
    /// Checks that another attempt may begin.
    ///
    /// # Errors
    ///
    /// Returns the last failure while the pause lasts.
    pub(super) fn check(&self) -> Result<(), RedisStoreError> {
        match &self.failure {
            Some(failure) if Instant::now() < failure.retry_at => Err(failure.last.clone()),
            _ => Ok(()),
        }
    }

    pub(super) fn failed(&mut self, error: &RedisStoreError) {
        let count = self.failure.as_ref().map_or(0, |failure| failure.count);
        self.failure = Some(Failure {
            last: error.clone(),
            count: count.saturating_add(1),
            retry_at: Instant::now() + pause(count, RandomState::new().hash_one(0)),
        });
    }

    pub(super) fn reset(&mut self) {
        self.failure = None;
    }
}

/// Returns how long to wait after so many earlier failures. Half of it is random, so that several
/// processes do not come back at the same moment.
fn pause(failures: u32, random: u64) -> Duration {
    let longest = MIN_PAUSE * 2_u32.saturating_pow(failures.min(16));
    let longest = longest.min(MAX_PAUSE);
    let share = (random % 1_000) as f64 / 1_000.0;
    longest.mul_f64(0.5 + share / 2.0)
}

const MIN_PAUSE: Duration = Duration::from_millis(20);
const MAX_PAUSE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_second_and_differ() {
        for failures in 0..40 {
            let shortest = pause(failures, 0);
            let longest = pause(failures, 999);
            assert!(shortest < longest && longest <= MAX_PAUSE, "{failures}");
            assert!(pause(failures + 1, 0) >= shortest);
        }
        assert_eq!(pause(0, 0), MIN_PAUSE / 2);
        assert_eq!(pause(u32::MAX, 0), MAX_PAUSE / 2);
    }
}
