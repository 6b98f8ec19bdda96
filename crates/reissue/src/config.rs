//! What is wrong with a configuration: found when it is built, never while serving.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// A part of the configuration cannot be used.
#[derive(Debug)]
pub struct ConfigError {
    key: Cow<'static, str>,
    expected: Cow<'static, str>,
}

impl ConfigError {
    pub(crate) fn new(
        key: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            key: key.into(),
            expected: expected.into(),
        }
    }

    /// Which part: the name of an option, or `client NAME`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What it should have been.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.expected
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}", self.key, self.expected)
    }
}

impl Error for ConfigError {}
