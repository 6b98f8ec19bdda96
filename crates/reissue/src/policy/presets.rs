//! Policies with the lifetimes and the rotation of other servers.

use std::time::Duration;

use super::{KeepResponse, Lifetime, Policy, Rotation};

/// Presets for migrations. They set lifetimes and rotation; everything else is the default.
impl Policy {
    /// Returns the policy of thephpleague/oauth2-server: access token 1 hour, refresh token 1 month
    /// (30 days), each refresh returns a new one.
    #[must_use]
    pub fn league() -> Self {
        Self {
            access_ttl: HOUR,
            idle_ttl: Lifetime::For(DAY.saturating_mul(30)),
            ..Self::default()
        }
    }

    /// Returns the policy of bshaffer/oauth2-server-php: access token 3600 s, refresh token 14
    /// days, no new refresh token. With [`Rotation::Rotate`] it is
    /// `always_issue_new_refresh_token`:
    ///
    /// ```
    /// use reissue::{Policy, Rotation};
    ///
    /// let always_new = Policy::bshaffer().to_builder().with_rotation(Rotation::Rotate).build()?;
    /// # Ok::<_, reissue::ConfigError>(())
    /// ```
    #[must_use]
    pub fn bshaffer() -> Self {
        Self {
            access_ttl: HOUR,
            idle_ttl: Lifetime::For(DAY.saturating_mul(14)),
            rotation: Rotation::Keep(KeepResponse::Omit),
            ..Self::default()
        }
    }

    /// Returns the policy of WSO2 Identity Server: access token 3600 s, refresh token 86400 s, each
    /// refresh returns a new one with a new expiry. With [`Rotation::Keep`] and
    /// [`KeepResponse::Repeat`] it is `renew = false`.
    #[must_use]
    pub fn wso2() -> Self {
        Self {
            access_ttl: HOUR,
            idle_ttl: Lifetime::For(DAY),
            ..Self::default()
        }
    }
}

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);
