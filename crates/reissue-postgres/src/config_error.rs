use std::error::Error;
use std::fmt;

/// A part of the configuration that cannot be used.
///
/// Returned by [`PostgresStoreBuilder::build`](crate::PostgresStoreBuilder::build), never while
/// serving. It names the part and what was expected, never the value itself: a URL may hold a
/// password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfigError {
    key: &'static str,
    expected: &'static str,
}

impl ConfigError {
    pub(crate) const fn new(key: &'static str, expected: &'static str) -> Self {
        Self { key, expected }
    }

    /// Returns the name of the part, such as `url` or `response timeout`.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        self.key
    }

    /// Returns what was expected instead.
    #[must_use]
    pub const fn expected(&self) -> &'static str {
        self.expected
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}", self.key, self.expected)
    }
}

impl Error for ConfigError {}
