//! Rotations that a record remembers.

use std::time::Duration;

use crate::clock::Timestamp;

/// One rotation of a family, as its record remembers it.
///
/// It superseded every generation from [`from`](Self::from) up to, but not including, the one that
/// it led to. That is the record's generation for the last rotation, and the `from` of the next
/// newer one for those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "stores outside this crate build it"
)]
pub struct PastRotation {
    /// The oldest generation that it superseded: the one that was current until then.
    pub from: u64,
    /// How long ago it was when the record was read, by the store's clock; see
    /// [`age_at`](Self::age_at).
    pub age: Duration,
}

impl PastRotation {
    /// How many rotations before the last a record remembers at most.
    pub const MAX_EARLIER: usize = 7;

    /// How many generations one rotation may lead ahead at most.
    pub const MAX_SKIP: u64 = 256;

    /// How far in the future a rotation may be and still count as recent, because the clocks of a
    /// cluster's servers differ a little.
    pub const MAX_SKEW: Duration = Duration::from_secs(2);

    /// Returns the age of a rotation at `rotated_at` when the store's clock shows `now`.
    ///
    /// For a rotation in the future it is zero up to [`MAX_SKEW`](Self::MAX_SKEW), and
    /// [`Duration::MAX`] beyond: a clock that steps back must not extend a grace period by the
    /// step.
    ///
    /// ```
    /// use std::time::Duration;
    /// use reissue::Timestamp;
    /// use reissue::store::PastRotation;
    ///
    /// let now = Timestamp::from_secs(100);
    /// assert_eq!(PastRotation::age_at(now, Timestamp::from_secs(40)), Duration::from_secs(60));
    /// assert_eq!(PastRotation::age_at(now, Timestamp::from_secs(102)), Duration::ZERO);
    /// assert_eq!(PastRotation::age_at(now, Timestamp::from_secs(103)), Duration::MAX);
    /// ```
    #[must_use]
    pub fn age_at(now: Timestamp, rotated_at: Timestamp) -> Duration {
        if rotated_at.since(now) > Self::MAX_SKEW {
            return Duration::MAX;
        }
        now.since(rotated_at)
    }
}
