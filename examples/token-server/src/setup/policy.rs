//! `[policy]` and `[clients.policy]`: the preset first, then the keys over it.

use reissue::{ConfigError, OfflineAccess, OnSharedSession, Policy};

use super::SetupError;
use crate::config::{KeepResponse, Lifetime, OnReuse, PolicyKeys, Preset, Rotation};

/// Builds the policy at `path`.
pub(super) fn policy(path: &str, keys: &PolicyKeys) -> Result<Policy, SetupError> {
    let built = build(keys);
    built.map_err(|error: ConfigError| SetupError::Value {
        path: format!("{path}.{}", error.key()),
        expected: error.expected().to_owned(),
    })
}

fn build(keys: &PolicyKeys) -> Result<Policy, ConfigError> {
    let preset = match keys.preset {
        None | Some(Preset::Rfc9700) => Policy::default(),
        Some(Preset::Bshaffer) => Policy::bshaffer(),
        Some(Preset::League) => Policy::league(),
        Some(Preset::Wso2) => Policy::wso2(),
    };
    let mut policy = preset.to_builder();
    if let Some(access_ttl) = keys.access_ttl {
        policy = policy.with_access_ttl(access_ttl);
    }
    if let Some(idle_ttl) = keys.idle_ttl {
        policy = policy.with_idle_ttl(lifetime(idle_ttl));
    }
    if let Some(absolute_ttl) = keys.absolute_ttl {
        policy = policy.with_absolute_ttl(lifetime(absolute_ttl));
    }
    if let Some(grace) = keys.grace {
        policy = policy.with_grace(grace);
    }
    if let Some(retry_cap) = keys.retry_cap {
        policy = policy.with_retry_cap(retry_cap);
    }
    if let Some(on_reuse) = keys.on_reuse {
        policy = policy.with_on_reuse(match on_reuse {
            OnReuse::Report => reissue::OnReuse::Report,
            OnReuse::Revoke => reissue::OnReuse::Revoke,
        });
    }
    if let Some(shared_session) = keys.shared_session {
        policy = policy.with_on_shared_session(match shared_session {
            OnReuse::Report => OnSharedSession::Report,
            OnReuse::Revoke => OnSharedSession::Revoke,
        });
    }
    if let Some(generations) = keys.shared_session_threshold {
        policy = policy.with_shared_session_threshold(generations);
    }
    if let Some(offline_access) = keys.offline_access {
        policy = policy.with_offline_access(if offline_access {
            OfflineAccess::Required
        } else {
            OfflineAccess::Optional
        });
    }
    let rotation = rotation(keys, preset.rotation());
    policy.with_rotation(rotation).build()
}

/// Returns `rotation` and `keep_response` over the preset's.
fn rotation(keys: &PolicyKeys, preset: reissue::Rotation) -> reissue::Rotation {
    let keep = || {
        let response = keys.keep_response.map(|response| match response {
            KeepResponse::None => reissue::KeepResponse::Omit,
            KeepResponse::Same => reissue::KeepResponse::Repeat,
        });
        reissue::Rotation::Keep(response.unwrap_or(match preset {
            reissue::Rotation::Keep(response) => response,
            _ => reissue::KeepResponse::Repeat,
        }))
    };
    match (keys.rotation, preset) {
        (Some(Rotation::Converge), _) => reissue::Rotation::Converge,
        (Some(Rotation::Rotate), _) => reissue::Rotation::Rotate,
        (Some(Rotation::Keep), _) | (None, reissue::Rotation::Keep(_)) => keep(),
        (None, preset) => preset,
    }
}

fn lifetime(lifetime: Lifetime) -> reissue::Lifetime {
    match lifetime {
        Lifetime::For(duration) => reissue::Lifetime::For(duration),
        Lifetime::Never => reissue::Lifetime::Unlimited,
    }
}

#[cfg(test)]
mod tests;
