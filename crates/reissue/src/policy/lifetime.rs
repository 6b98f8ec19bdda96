//! How long a session may live.

use std::time::Duration;

/// The longest time that a session is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete by definition")]
pub enum Lifetime {
    /// At most this long.
    For(Duration),
    /// Without end. A stolen token that is never used stays valid for ever, so prefer a limit.
    Unlimited,
}

impl Lifetime {
    /// Returns the limit, if there is one.
    #[must_use]
    pub const fn limit(self) -> Option<Duration> {
        match self {
            Self::For(limit) => Some(limit),
            Self::Unlimited => None,
        }
    }
}

impl From<Duration> for Lifetime {
    fn from(limit: Duration) -> Self {
        Self::For(limit)
    }
}
