//! What is wrong with a configuration: found when it is built, never while serving.

use std::error::Error;
use std::fmt;

/// A part of the configuration cannot be used.
///
/// Names the part and what it should have been, never what it was: a URL may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfigError {
    key: &'static str,
    expected: &'static str,
}

impl ConfigError {
    pub(crate) const fn new(key: &'static str, expected: &'static str) -> Self {
        Self { key, expected }
    }

    /// Which part.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        self.key
    }

    /// What it should have been.
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
