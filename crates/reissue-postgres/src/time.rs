//! Durations as the database has them.

use std::time::Duration;

use reissue::Timestamp;

/// Returns the milliseconds, or those of the end of time, which no clock reaches.
pub(crate) fn millis(duration: Duration) -> i64 {
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    i64::try_from(millis.min(END_OF_TIME)).unwrap_or_default()
}

/// Returns the milliseconds; `None` for what is as good as for ever.
pub(crate) fn bounded(duration: Duration) -> Option<i64> {
    let millis = u64::try_from(duration.as_millis()).ok()?;
    (millis < END_OF_TIME).then(|| i64::try_from(millis).ok())?
}

/// Returns the milliseconds since 1970; `None` for what is as good as never.
pub(crate) fn moment(at: Timestamp) -> Option<i64> {
    bounded(Duration::from_millis(at.as_millis()))
}

/// Returns the duration of so many milliseconds.
pub(crate) fn from_millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// As much as a double counts exactly, and so little that no sum of two overflows.
const END_OF_TIME: u64 = 1 << 53;
