//! Moments as the configuration and people write them.

use reissue::Timestamp;

/// Returns a moment in the form of RFC 3339, in whole seconds, such as `2027-01-31T08:00:00Z`.
pub(super) fn written(time: Timestamp) -> String {
    let secs = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(secs).map_or_else(|_| "never".to_owned(), |time| time.to_string())
}

/// Returns the day of a moment, such as `2027-01-31`.
pub(super) fn day(time: Timestamp) -> String {
    let written = written(time);
    written.split('T').next().unwrap_or_default().to_owned()
}
