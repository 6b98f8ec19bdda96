//! `SessionCache`: the bounds of the cache of session checks.

use std::time::Duration;

use crate::config::ConfigError;

/// The bounds of the cache of a
/// [session check](super::BearerLayer::with_cached_session_check): by default the last 10,000
/// tokens, each for 5 seconds.
///
/// ```
/// use std::time::Duration;
/// use reissue::bearer::SessionCache;
///
/// let cache = SessionCache::new()
///     .with_max_age(Duration::from_secs(1))?
///     .with_max_tokens(100_000)?;
/// # drop(cache);
/// # Ok::<(), reissue::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct SessionCache {
    pub(super) max_age: Duration,
    pub(super) max_tokens: usize,
}

impl SessionCache {
    /// Returns the default bounds.
    pub fn new() -> Self {
        Self {
            max_age: Duration::from_secs(5),
            max_tokens: 10_000,
        }
    }

    /// Sets for how long a result is used: a revoked token may be accepted for that long. Default:
    /// 5 seconds.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] above [`SessionCache::MAX_AGE`].
    pub fn with_max_age(self, max_age: Duration) -> Result<Self, ConfigError> {
        if max_age > Self::MAX_AGE {
            return Err(ConfigError::new("max_age", "at most 60 seconds"));
        }
        Ok(Self { max_age, ..self })
    }

    /// Sets for how many tokens results are cached. Default: 10,000, which take about 2 MB. With
    /// more active tokens than that, some are looked up more often.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for zero.
    pub fn with_max_tokens(self, max_tokens: usize) -> Result<Self, ConfigError> {
        if max_tokens == 0 {
            return Err(ConfigError::new("max_tokens", "at least one"));
        }
        Ok(Self { max_tokens, ..self })
    }

    /// The longest time for which a result may be used.
    pub const MAX_AGE: Duration = Duration::from_secs(60);
}

impl Default for SessionCache {
    fn default() -> Self {
        Self::new()
    }
}
