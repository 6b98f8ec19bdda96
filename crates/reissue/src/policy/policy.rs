//! The policy, which is always valid.

use std::time::Duration;

use super::{Lifetime, OfflineAccess, OnReuse, OnSharedSession, PolicyBuilder, Rotation};

/// The lifetimes of tokens and the handling of used refresh tokens, for a server or for one of its
/// clients.
///
/// Every policy is valid: it is the default, a preset, or was checked by [`PolicyBuilder::build`].
///
/// ```
/// use std::time::Duration;
/// use reissue::Policy;
///
/// let policy = Policy::builder()
///     .with_access_ttl(Duration::from_secs(300))
///     .with_grace(Duration::from_secs(30))
///     .build()?;
/// assert_eq!(policy.grace(), Duration::from_secs(30));
///
/// let league = Policy::league().to_builder().with_grace(Duration::ZERO).build()?;
/// assert_eq!(league.access_ttl(), Policy::league().access_ttl());
/// # Ok::<_, reissue::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    pub(super) access_ttl: Duration,
    pub(super) access_jitter: Duration,
    pub(super) idle_ttl: Lifetime,
    pub(super) absolute_ttl: Lifetime,
    pub(super) rotation: Rotation,
    pub(super) grace: Duration,
    pub(super) retry_cap: u32,
    pub(super) heal_limit: u8,
    pub(super) on_reuse: OnReuse,
    pub(super) on_shared_session: OnSharedSession,
    pub(super) shared_session_threshold: u8,
    pub(super) offline_access: OfflineAccess,
}

impl Policy {
    /// The longest grace period.
    pub const MAX_GRACE: Duration = Duration::from_secs(900);

    /// Returns a builder with the default values.
    pub fn builder() -> PolicyBuilder {
        Self::default().to_builder()
    }

    /// Returns a builder with the values of this policy, such as a preset.
    pub fn to_builder(&self) -> PolicyBuilder {
        PolicyBuilder::new(self.clone())
    }

    /// Returns the same policy with [`Rotation::Rotate`].
    pub(crate) fn rotating(&self) -> Self {
        Self {
            rotation: Rotation::Rotate,
            ..self.clone()
        }
    }

    /// See [`with_access_ttl`](PolicyBuilder::with_access_ttl).
    #[must_use]
    pub const fn access_ttl(&self) -> Duration {
        self.access_ttl
    }

    /// See [`with_access_jitter`](PolicyBuilder::with_access_jitter).
    #[must_use]
    pub const fn access_jitter(&self) -> Duration {
        self.access_jitter
    }

    /// See [`with_idle_ttl`](PolicyBuilder::with_idle_ttl).
    #[must_use]
    pub const fn idle_ttl(&self) -> Lifetime {
        self.idle_ttl
    }

    /// See [`with_absolute_ttl`](PolicyBuilder::with_absolute_ttl).
    #[must_use]
    pub const fn absolute_ttl(&self) -> Lifetime {
        self.absolute_ttl
    }

    /// See [`with_rotation`](PolicyBuilder::with_rotation).
    #[must_use]
    pub const fn rotation(&self) -> Rotation {
        self.rotation
    }

    /// See [`with_grace`](PolicyBuilder::with_grace).
    #[must_use]
    pub const fn grace(&self) -> Duration {
        self.grace
    }

    /// See [`with_retry_cap`](PolicyBuilder::with_retry_cap).
    #[must_use]
    pub const fn retry_cap(&self) -> u32 {
        self.retry_cap
    }

    /// See [`with_heal_limit`](PolicyBuilder::with_heal_limit).
    #[must_use]
    pub const fn heal_limit(&self) -> u8 {
        self.heal_limit
    }

    /// See [`with_on_reuse`](PolicyBuilder::with_on_reuse).
    #[must_use]
    pub const fn on_reuse(&self) -> OnReuse {
        self.on_reuse
    }

    /// See [`with_on_shared_session`](PolicyBuilder::with_on_shared_session).
    #[must_use]
    pub const fn on_shared_session(&self) -> OnSharedSession {
        self.on_shared_session
    }

    /// See [`with_shared_session_threshold`](PolicyBuilder::with_shared_session_threshold).
    #[must_use]
    pub const fn shared_session_threshold(&self) -> u8 {
        self.shared_session_threshold
    }

    /// See [`with_offline_access`](PolicyBuilder::with_offline_access).
    #[must_use]
    pub const fn offline_access(&self) -> OfflineAccess {
        self.offline_access
    }

    /// Returns warnings about settings that are valid but unwise, for the operator.
    #[must_use]
    pub fn warnings(&self) -> Vec<&'static str> {
        let mut warnings = Vec::new();
        let usual = Self::default().grace.max(self.access_ttl / 20);
        if self.grace > usual && self.rotation == Rotation::Rotate {
            warnings.push(
                "grace is above 60 seconds and a twentieth of access_ttl: a stolen token goes unnoticed for long",
            );
        }
        if self.idle_ttl == Lifetime::Unlimited && self.absolute_ttl == Lifetime::Unlimited {
            warnings.push("sessions never end: neither idle_ttl nor absolute_ttl is a limit");
        }
        if self.on_reuse == OnReuse::Report {
            warnings.push("reuse is reported, not stopped: on_reuse = report is for a trial run");
        }
        warnings
    }
}

/// Returns the policy that follows RFC 9700, on which every preset is based.
impl Default for Policy {
    fn default() -> Self {
        Self {
            access_ttl: Duration::from_secs(600),
            access_jitter: Duration::ZERO,
            idle_ttl: Lifetime::For(Duration::from_secs(30 * DAY)),
            absolute_ttl: Lifetime::For(Duration::from_secs(90 * DAY)),
            rotation: Rotation::Rotate,
            grace: Duration::from_secs(60),
            retry_cap: 100,
            heal_limit: 8,
            on_reuse: OnReuse::Revoke,
            on_shared_session: OnSharedSession::Report,
            shared_session_threshold: 3,
            offline_access: OfflineAccess::Optional,
        }
    }
}

/// Seconds.
const DAY: u64 = 86_400;
