//! The builder of a policy.

use std::time::Duration;

use super::{Lifetime, OfflineAccess, OnReuse, OnSharedSession, Policy, Rotation};
use crate::config::ConfigError;

/// A builder for a [`Policy`]. Made by [`Policy::builder`] or [`Policy::to_builder`].
///
/// The setters accept any values in any order. [`build`](Self::build) checks all of them together.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct PolicyBuilder {
    /// Not checked yet.
    draft: Policy,
}

impl PolicyBuilder {
    pub(super) fn new(draft: Policy) -> Self {
        Self { draft }
    }

    /// Sets how long an access token lives. Default: 10 minutes; at least a second, which
    /// `expires_in` counts in. With a shorter one, revocation takes effect sooner and refreshes are
    /// more frequent.
    pub fn with_access_ttl(mut self, access_ttl: Duration) -> Self {
        self.draft.access_ttl = access_ttl;
        self
    }

    /// Sets by how much the lifetime of an access token is shortened at random, at most. Default:
    /// zero; at least a second of the lifetime must remain. Set it if many clients log in at the
    /// same time, so that they do not all refresh at the same time too.
    pub fn with_access_jitter(mut self, access_jitter: Duration) -> Self {
        self.draft.access_jitter = access_jitter;
        self
    }

    /// Sets how long a session lives without a refresh. Default: 30 days; at least a second. With
    /// [`Rotation::Keep`], it runs from the login.
    pub fn with_idle_ttl(mut self, idle_ttl: impl Into<Lifetime>) -> Self {
        self.draft.idle_ttl = idle_ttl.into();
        self
    }

    /// Sets the absolute lifetime of a session, however often it is refreshed. Default: 90 days; at
    /// least a second.
    pub fn with_absolute_ttl(mut self, absolute_ttl: impl Into<Lifetime>) -> Self {
        self.draft.absolute_ttl = absolute_ttl.into();
        self
    }

    /// Sets what happens to a refresh token when it is used. Default: [`Rotation::Rotate`].
    pub fn with_rotation(mut self, rotation: Rotation) -> Self {
        self.draft.rotation = rotation;
        self
    }

    /// Sets for how long after it was superseded a refresh token still returns the current one.
    /// Default: 60 seconds; at most [`Policy::MAX_GRACE`].
    ///
    /// Each token has a grace period of its own, which later rotations do not extend. With zero,
    /// every client that loses a response is logged out. With minutes, a thief can use a copied
    /// token for as long without being detected.
    pub fn with_grace(mut self, grace: Duration) -> Self {
        self.draft.grace = grace;
        self
    }

    /// Sets how often superseded tokens are accepted between two rotations. Default: 100.
    pub fn with_retry_cap(mut self, retry_cap: u32) -> Self {
        self.draft.retry_cap = retry_cap;
        self
    }

    /// Sets how many generations a token may be ahead of the store, because the store lost writes
    /// in a failover. Default: 8. The session of a token that is further ahead ends.
    pub fn with_heal_limit(mut self, heal_limit: u8) -> Self {
        self.draft.heal_limit = heal_limit;
        self
    }

    /// Sets what happens when a superseded token is presented after its grace period. Default:
    /// [`OnReuse::Revoke`].
    pub fn with_on_reuse(mut self, on_reuse: OnReuse) -> Self {
        self.draft.on_reuse = on_reuse;
        self
    }

    /// Sets what happens when several holders of a session's tokens seem to take turns. Default:
    /// [`OnSharedSession::Report`].
    pub fn with_on_shared_session(mut self, on_shared_session: OnSharedSession) -> Self {
        self.draft.on_shared_session = on_shared_session;
        self
    }

    /// Sets how many generations in a row must be presented more than once for that. Default: 3; at
    /// least one. It is reported at this number, and whenever the number has doubled since.
    pub fn with_shared_session_threshold(mut self, generations: u8) -> Self {
        self.draft.shared_session_threshold = generations;
        self
    }

    /// Sets whether refresh tokens need the scope `offline_access`. Default:
    /// [`OfflineAccess::Optional`].
    pub fn with_offline_access(mut self, offline_access: OfflineAccess) -> Self {
        self.draft.offline_access = offline_access;
        self
    }

    /// Checks the policy and returns it.
    ///
    /// # Errors
    ///
    /// A [`ConfigError`] that names the setting and the expected value.
    pub fn build(self) -> Result<Policy, ConfigError> {
        let draft = &self.draft;
        at_least_a_second("access_ttl", Some(draft.access_ttl))?;
        if draft.access_ttl.saturating_sub(draft.access_jitter) < SECOND {
            let expected = "at least a second less than access_ttl";
            return Err(ConfigError::new("access_jitter", expected));
        }
        at_least_a_second("idle_ttl", draft.idle_ttl.limit())?;
        at_least_a_second("absolute_ttl", draft.absolute_ttl.limit())?;
        if draft.grace > Policy::MAX_GRACE {
            return Err(ConfigError::new("grace", "at most 900 seconds"));
        }
        if draft.shared_session_threshold == 0 {
            let expected = "at least one generation";
            return Err(ConfigError::new("shared_session_threshold", expected));
        }
        Ok(self.draft)
    }
}

fn at_least_a_second(key: &'static str, duration: Option<Duration>) -> Result<(), ConfigError> {
    if duration.is_some_and(|duration| duration < SECOND) {
        return Err(ConfigError::new(key, "at least one second"));
    }
    Ok(())
}

const SECOND: Duration = Duration::from_secs(1);
