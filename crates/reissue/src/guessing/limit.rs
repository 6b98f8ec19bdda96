//! The limit on wrong guesses.

use std::time::Duration;

/// How many wrong secrets are allowed for one client or account from one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "complete by definition")]
pub struct GuessLimit {
    /// How many are allowed at once. At least one.
    pub guesses: u32,
    /// How long it takes until one more is allowed, up to that number. At least a millisecond.
    pub every: Duration,
}

/// 10 at once, and then one a minute.
impl Default for GuessLimit {
    fn default() -> Self {
        Self {
            guesses: 10,
            every: Duration::from_secs(60),
        }
    }
}
