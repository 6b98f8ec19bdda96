//! How long tokens live and what becomes of a refresh token when it is used.

use std::time::Duration;

use crate::config::ConfigError;

/// How long tokens live and what becomes of a refresh token when it is used; for a server, or for
/// one of its clients.
///
/// ```
/// use std::time::Duration;
/// use reissue::Policy;
///
/// let policy = Policy::default()
///     .with_access_ttl(Duration::from_secs(300)).unwrap()
///     .with_grace(Duration::from_secs(30)).unwrap();
/// assert_eq!(policy.grace(), Duration::from_secs(30));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    access_ttl: Duration,
    access_jitter: Duration,
    idle_ttl: Lifetime,
    absolute_ttl: Lifetime,
    rotation: Rotation,
    grace: Duration,
    retry_cap: u32,
    heal_limit: u8,
    on_reuse: OnReuse,
    on_shared_session: OnSharedSession,
    shared_session_threshold: u8,
    offline_access: bool,
}

/// How long a session may live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete by definition")]
pub enum Lifetime {
    /// So long.
    For(Duration),
    /// Without end. A stolen token that nobody uses stays good for ever: prefer a limit.
    Never,
}

impl Lifetime {
    /// The limit, if there is one.
    #[must_use]
    pub const fn limit(self) -> Option<Duration> {
        match self {
            Self::For(limit) => Some(limit),
            Self::Never => None,
        }
    }
}

/// What becomes of a refresh token when it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rotation {
    /// Each use answers a successor, and any superseded token is answered with the current one: for
    /// several processes that share one credential. Only for confidential or sender-constrained
    /// clients.
    Converge,
    /// The token stays as it is (FAPI 2.0 §5.3.2.1). Only for confidential or sender-constrained
    /// clients (RFC 9700 §2.2.2). The session is not written, so its idle lifetime runs from the
    /// login.
    Keep(KeepAnswer),
    /// Each use answers a successor (RFC 9700 §4.14.2). The default.
    Rotate,
}

/// What a refresh answers as `refresh_token` under [`Rotation::Keep`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeepAnswer {
    /// No `refresh_token`: the client goes on with the one that it has.
    None,
    /// The presented token.
    Same,
}

/// What happens when a superseded token is presented outside grace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnReuse {
    /// Nothing but an event; the token is answered as if within grace. For a trial run before
    /// [`OnReuse::Revoke`].
    Report,
    /// The session is revoked (RFC 9700 §4.14.2). The default.
    Revoke,
}

/// What happens when several holders of a session's tokens seem to take turns.
///
/// A thief who always refreshes shortly before the client makes the client look like a second
/// browser tab. Nothing but a key that the tokens are bound to can tell the two apart; but both
/// show, and no other client does: generation after generation is presented more than once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnSharedSession {
    /// An [event](crate::event::Event::SharedSession), and nothing else. The default.
    Report,
    /// The session is revoked. For clients that are known to send one request at a time, from one
    /// place.
    Revoke,
}

impl Policy {
    /// The longest grace.
    pub const MAX_GRACE: Duration = Duration::from_secs(900);

    /// The lifetimes and the rotation of thephpleague/oauth2-server: access token 1 hour, refresh
    /// token 1 month (30 days), each refresh answers a new one.
    #[must_use]
    pub fn league() -> Self {
        Self {
            access_ttl: Duration::from_secs(HOUR),
            idle_ttl: Lifetime::For(Duration::from_secs(30 * DAY)),
            ..Self::default()
        }
    }

    /// The lifetimes and the rotation of bshaffer/oauth2-server-php: access token 3600 s, refresh
    /// token 14 days, no new refresh token. With [`Rotation::Rotate`] it is
    /// `always_issue_new_refresh_token`.
    #[must_use]
    pub fn bshaffer() -> Self {
        Self {
            access_ttl: Duration::from_secs(HOUR),
            idle_ttl: Lifetime::For(Duration::from_secs(14 * DAY)),
            rotation: Rotation::Keep(KeepAnswer::None),
            ..Self::default()
        }
    }

    /// The lifetimes and the rotation of WSO2 Identity Server: access token 3600 s, refresh token
    /// 86400 s, each refresh answers a new one with a new expiry. With [`Rotation::Keep`] and
    /// [`KeepAnswer::Same`] it is `renew = false`.
    #[must_use]
    pub fn wso2() -> Self {
        Self {
            access_ttl: Duration::from_secs(HOUR),
            idle_ttl: Lifetime::For(Duration::from_secs(DAY)),
            ..Self::default()
        }
    }

    /// How long an access token lives. Default: 10 minutes. Shorter ones make revocation felt
    /// sooner and refreshes more frequent.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for less than a second, which `expires_in` counts in, or if nothing would remain of it after the
    /// [jitter](Self::with_access_jitter).
    pub fn with_access_ttl(self, access_ttl: Duration) -> Result<Self, ConfigError> {
        at_least_a_second("access_ttl", access_ttl)?;
        if access_ttl.saturating_sub(self.access_jitter) < Duration::from_secs(1) {
            return Err(ConfigError::new("access_ttl", "more than access_jitter"));
        }
        Ok(Self { access_ttl, ..self })
    }

    /// Up to how much shorter than [`with_access_ttl`](Self::with_access_ttl) an access token
    /// lives, at random. Default: zero. Set it when many clients log in at once and would then
    /// refresh at once, for ever after.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if nothing of the lifetime would remain.
    pub fn with_access_jitter(self, access_jitter: Duration) -> Result<Self, ConfigError> {
        if self.access_ttl.saturating_sub(access_jitter) < Duration::from_secs(1) {
            return Err(ConfigError::new("access_jitter", "less than access_ttl"));
        }
        Ok(Self {
            access_jitter,
            ..self
        })
    }

    /// How long a session lives without a refresh. Default: 30 days. Under [`Rotation::Keep`], how
    /// long it lives.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for less than a second.
    pub fn with_idle_ttl(self, idle_ttl: Lifetime) -> Result<Self, ConfigError> {
        at_least_a_second("idle_ttl", idle_ttl.limit().unwrap_or(Duration::MAX))?;
        Ok(Self { idle_ttl, ..self })
    }

    /// How long a session lives however often it is refreshed. Default: 90 days.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for less than a second.
    pub fn with_absolute_ttl(self, absolute_ttl: Lifetime) -> Result<Self, ConfigError> {
        at_least_a_second(
            "absolute_ttl",
            absolute_ttl.limit().unwrap_or(Duration::MAX),
        )?;
        Ok(Self {
            absolute_ttl,
            ..self
        })
    }

    /// What becomes of a refresh token when it is used. Default: [`Rotation::Rotate`].
    #[must_use]
    pub fn with_rotation(self, rotation: Rotation) -> Self {
        Self { rotation, ..self }
    }

    /// How long after it was superseded a refresh token still returns the current one. Default: 60
    /// seconds.
    ///
    /// Each token has a grace of its own, which later rotations do not extend. Zero logs out every
    /// client that loses a response; minutes give a thief as much time to go unnoticed.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] above [`Policy::MAX_GRACE`].
    pub fn with_grace(self, grace: Duration) -> Result<Self, ConfigError> {
        if grace > Self::MAX_GRACE {
            return Err(ConfigError::new("grace", "at most 900 seconds"));
        }
        Ok(Self { grace, ..self })
    }

    /// How many stale presentations are answered between two rotations. Default: 100.
    #[must_use]
    pub fn with_retry_cap(self, retry_cap: u32) -> Self {
        Self { retry_cap, ..self }
    }

    /// How many generations a token may be ahead of the store, because the store lost writes in a
    /// failover. Default: 8. The session of a token that is further ahead ends.
    #[must_use]
    pub fn with_heal_limit(self, heal_limit: u8) -> Self {
        Self { heal_limit, ..self }
    }

    /// What happens when a superseded token is presented outside grace. Default:
    /// [`OnReuse::Revoke`].
    #[must_use]
    pub fn with_on_reuse(self, on_reuse: OnReuse) -> Self {
        Self { on_reuse, ..self }
    }

    /// What happens when several holders of a session's tokens seem to take turns. Default:
    /// [`OnSharedSession::Report`].
    #[must_use]
    pub fn with_shared_session(self, on_shared_session: OnSharedSession) -> Self {
        Self {
            on_shared_session,
            ..self
        }
    }

    /// How many generations in a row must be presented more than once for that. Default: 3. It is
    /// reported when it comes to so many, and whenever their number has doubled since.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for zero.
    pub fn with_shared_session_threshold(self, generations: u8) -> Result<Self, ConfigError> {
        if generations == 0 {
            return Err(ConfigError::new(
                "shared_session_threshold",
                "at least one generation",
            ));
        }
        Ok(Self {
            shared_session_threshold: generations,
            ..self
        })
    }

    /// Whether a refresh token is issued only if the scope `offline_access` was granted (OpenID
    /// Connect Core §11). Default: no.
    #[must_use]
    pub fn with_offline_access(self, offline_access: bool) -> Self {
        Self {
            offline_access,
            ..self
        }
    }

    /// See [`with_access_ttl`](Self::with_access_ttl).
    #[must_use]
    pub const fn access_ttl(&self) -> Duration {
        self.access_ttl
    }

    /// See [`with_access_jitter`](Self::with_access_jitter).
    #[must_use]
    pub const fn access_jitter(&self) -> Duration {
        self.access_jitter
    }

    /// See [`with_idle_ttl`](Self::with_idle_ttl).
    #[must_use]
    pub const fn idle_ttl(&self) -> Lifetime {
        self.idle_ttl
    }

    /// See [`with_absolute_ttl`](Self::with_absolute_ttl).
    #[must_use]
    pub const fn absolute_ttl(&self) -> Lifetime {
        self.absolute_ttl
    }

    /// See [`with_rotation`](Self::with_rotation).
    #[must_use]
    pub const fn rotation(&self) -> Rotation {
        self.rotation
    }

    /// See [`with_grace`](Self::with_grace).
    #[must_use]
    pub const fn grace(&self) -> Duration {
        self.grace
    }

    /// See [`with_retry_cap`](Self::with_retry_cap).
    #[must_use]
    pub const fn retry_cap(&self) -> u32 {
        self.retry_cap
    }

    /// See [`with_heal_limit`](Self::with_heal_limit).
    #[must_use]
    pub const fn heal_limit(&self) -> u8 {
        self.heal_limit
    }

    /// See [`with_on_reuse`](Self::with_on_reuse).
    #[must_use]
    pub const fn on_reuse(&self) -> OnReuse {
        self.on_reuse
    }

    /// See [`with_shared_session`](Self::with_shared_session).
    #[must_use]
    pub const fn on_shared_session(&self) -> OnSharedSession {
        self.on_shared_session
    }

    /// See [`with_shared_session_threshold`](Self::with_shared_session_threshold).
    #[must_use]
    pub const fn shared_session_threshold(&self) -> u8 {
        self.shared_session_threshold
    }

    /// See [`with_offline_access`](Self::with_offline_access).
    #[must_use]
    pub const fn offline_access(&self) -> bool {
        self.offline_access
    }

    /// What is allowed but unwise, in words for the operator.
    #[must_use]
    pub fn warnings(&self) -> Vec<&'static str> {
        let mut warnings = Vec::new();
        let usual = Self::default().grace.max(self.access_ttl / 20);
        if self.grace > usual && self.rotation == Rotation::Rotate {
            warnings.push(
                "grace is above 60 seconds and a twentieth of access_ttl: a stolen token goes unnoticed for long",
            );
        }
        if self.idle_ttl == Lifetime::Never && self.absolute_ttl == Lifetime::Never {
            warnings.push("sessions never end: neither idle_ttl nor absolute_ttl is a limit");
        }
        if self.on_reuse == OnReuse::Report {
            warnings.push("reuse is reported, not stopped: on_reuse = report is for a trial run");
        }
        warnings
    }
}

/// The advice of RFC 9700, and the defaults of every preset.
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
            offline_access: false,
        }
    }
}

fn at_least_a_second(key: &'static str, duration: Duration) -> Result<(), ConfigError> {
    if duration < Duration::from_secs(1) {
        return Err(ConfigError::new(key, "at least one second"));
    }
    Ok(())
}

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;
