//! How long a session may live.

use std::time::Duration;

/// The longest time that a session lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete by definition")]
pub enum Lifetime {
    /// As long as this.
    For(Duration),
    /// Without end. A stolen token that nobody uses stays good for ever: prefer a limit.
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
