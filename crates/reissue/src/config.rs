//! Errors of a configuration, which are found when it is built.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// The error for a setting that cannot be used.
///
/// Returned by builders, never while serving. It names the setting and what was expected, never the
/// value: a URL may hold a password.
///
/// ```
/// use std::time::Duration;
/// use reissue::Policy;
///
/// let error = Policy::builder().with_grace(Duration::from_secs(3_600)).build().unwrap_err();
/// assert_eq!(error.key(), "grace");
/// assert_eq!(error.to_string(), "grace: expected at most 900 seconds");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    key: Cow<'static, str>,
    expected: Cow<'static, str>,
}

impl ConfigError {
    /// Creates the error of a setting, for a builder of another crate, such as that of a store.
    ///
    /// ```
    /// use reissue::ConfigError;
    ///
    /// const URL: ConfigError = ConfigError::from_static("url", "a scheme and a host");
    /// assert_eq!(URL.to_string(), "url: expected a scheme and a host");
    /// ```
    #[must_use]
    pub const fn from_static(key: &'static str, expected: &'static str) -> Self {
        Self {
            key: Cow::Borrowed(key),
            expected: Cow::Borrowed(expected),
        }
    }

    pub(crate) fn new(
        key: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            key: key.into(),
            expected: expected.into(),
        }
    }

    /// Returns the name of the setting, or `client NAME`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns what was expected.
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

/// Checks that a text can be the realm of a challenge: a quoted string without escapes (RFC 7617
/// §2, RFC 6750 §3).
pub(crate) fn check_realm(key: &'static str, realm: &str) -> Result<(), ConfigError> {
    let is_quotable = |byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    if realm.is_empty() || !realm.bytes().all(is_quotable) {
        return Err(ConfigError::new(
            key,
            "printable ASCII without quote and backslash",
        ));
    }
    Ok(())
}
