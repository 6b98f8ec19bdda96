//! `[policy]` and `[clients.policy]`: how refresh tokens behave.

use std::time::Duration;

use super::document::{Keys, Node};
use super::duration::{self, Lifetime};
use super::error::ConfigError;

/// The keys about refresh tokens. A key that is not in the file is `None`: the preset decides.
///
/// `always_issue_new_refresh_token` and `renew_refresh_token`, the names that users of other
/// servers know, are ways to say `rotation` and `keep_response`, and have become those here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PolicyKeys {
    pub(crate) preset: Option<Preset>,
    pub(crate) access_ttl: Option<Duration>,
    pub(crate) idle_ttl: Option<Lifetime>,
    pub(crate) absolute_ttl: Option<Lifetime>,
    pub(crate) rotation: Option<Rotation>,
    pub(crate) keep_response: Option<KeepResponse>,
    pub(crate) grace: Option<Duration>,
    pub(crate) retry_cap: Option<u32>,
    pub(crate) on_reuse: Option<OnReuse>,
    pub(crate) shared_session: Option<OnReuse>,
    pub(crate) shared_session_threshold: Option<u8>,
    pub(crate) offline_access: Option<bool>,
}

impl PolicyKeys {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ConfigError> {
        let keys = node.table(KEYS)?;
        let (rotation, keep_response) = rotation(&keys)?;
        Ok(Self {
            preset: keys.read("preset", |node| node.word(PRESETS))?,
            access_ttl: keys.read("access_ttl", duration::positive)?,
            idle_ttl: keys.read("idle_ttl", Lifetime::read)?,
            absolute_ttl: keys.read("absolute_ttl", Lifetime::read)?,
            rotation,
            keep_response,
            grace: keys.read("grace", |node| duration::at_most(node, LONGEST_GRACE))?,
            retry_cap: keys.read("retry_cap", Node::count)?,
            on_reuse: keys.read("on_reuse", |node| node.word(REACTIONS))?,
            shared_session: keys.read("shared_session", |node| node.word(REACTIONS))?,
            shared_session_threshold: keys.read("shared_session_threshold", generations)?,
            offline_access: keys.read("offline_access", Node::boolean)?,
        })
    }

    /// Returns these keys, and those of `base` where these are not in the file.
    ///
    /// With a preset of their own, nothing of `base` counts.
    pub(super) fn over(self, base: &Self) -> Self {
        if self.preset.is_some() {
            return self;
        }
        Self {
            preset: base.preset,
            access_ttl: self.access_ttl.or(base.access_ttl),
            idle_ttl: self.idle_ttl.or(base.idle_ttl),
            absolute_ttl: self.absolute_ttl.or(base.absolute_ttl),
            rotation: self.rotation.or(base.rotation),
            keep_response: self.keep_response.or(base.keep_response),
            grace: self.grace.or(base.grace),
            retry_cap: self.retry_cap.or(base.retry_cap),
            on_reuse: self.on_reuse.or(base.on_reuse),
            shared_session: self.shared_session.or(base.shared_session),
            shared_session_threshold: self
                .shared_session_threshold
                .or(base.shared_session_threshold),
            offline_access: self.offline_access.or(base.offline_access),
        }
    }
}

/// The system whose defaults to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preset {
    Bshaffer,
    League,
    Rfc9700,
    Wso2,
}

/// What a refresh does to the refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rotation {
    Converge,
    Keep,
    Rotate,
}

/// The refresh token in the response when it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeepResponse {
    None,
    Same,
}

/// The reaction to a replaced refresh token, or to a session that is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnReuse {
    Report,
    Revoke,
}

/// Reads `rotation` and `keep_response`, and their other names, as long as they agree.
fn rotation(keys: &Keys<'_>) -> Result<(Option<Rotation>, Option<KeepResponse>), ConfigError> {
    // What was said, and in which words.
    let mut rotation = keys.read("rotation", |node| {
        let rotation = node.word(ROTATIONS)?;
        Ok((rotation, word_for("rotation", ROTATIONS, rotation)))
    })?;
    let mut response = keys.read("keep_response", |node| {
        let response = node.word(RESPONSES)?;
        Ok((response, word_for("keep_response", RESPONSES, response)))
    })?;

    for (key, response_if_kept) in ALIASES {
        let Some(node) = keys.optional(key) else {
            continue;
        };
        let renews = node.boolean()?;
        let contradicts = |other: &str| node.conflict(format!("{renews} contradicts {other}"));
        let said = format!("{key} = {renews}");
        match &rotation {
            Some((rotation, other)) if (*rotation == Rotation::Keep) == renews => {
                return Err(contradicts(other));
            }
            Some(_) => {}
            None if renews => rotation = Some((Rotation::Rotate, said.clone())),
            None => rotation = Some((Rotation::Keep, said.clone())),
        }
        match &response {
            _ if renews => {}
            Some((response, other)) if *response != response_if_kept => {
                return Err(contradicts(other));
            }
            Some(_) => {}
            None => response = Some((response_if_kept, said)),
        }
    }
    Ok((
        rotation.map(|(rotation, _)| rotation),
        response.map(|(response, _)| response),
    ))
}

fn generations(node: &Node<'_>) -> Result<u8, ConfigError> {
    let count = node.count()?;
    match u8::try_from(count) {
        Ok(generations) if generations > 0 => Ok(generations),
        _ => Err(node.refuse("a whole number from 1 to 255", count.to_string())),
    }
}

fn word_for<T: Copy + PartialEq>(key: &str, words: &[(&str, T)], value: T) -> String {
    let word = words.iter().find(|(_, named)| *named == value);
    format!("{key} = \"{}\"", word.map_or("", |(word, _)| word))
}

pub(super) const KEYS: &[&str] = &[
    "preset",
    "access_ttl",
    "idle_ttl",
    "absolute_ttl",
    "rotation",
    "keep_response",
    "grace",
    "retry_cap",
    "on_reuse",
    "shared_session",
    "shared_session_threshold",
    "offline_access",
    "always_issue_new_refresh_token",
    "renew_refresh_token",
];

/// Keys whose `false` keeps the refresh token, and what the response then holds.
const ALIASES: [(&str, KeepResponse); 2] = [
    ("always_issue_new_refresh_token", KeepResponse::None),
    ("renew_refresh_token", KeepResponse::Same),
];

const PRESETS: &[(&str, Preset)] = &[
    ("rfc9700", Preset::Rfc9700),
    ("league", Preset::League),
    ("bshaffer", Preset::Bshaffer),
    ("wso2", Preset::Wso2),
];

const ROTATIONS: &[(&str, Rotation)] = &[
    ("rotate", Rotation::Rotate),
    ("keep", Rotation::Keep),
    ("converge", Rotation::Converge),
];

const RESPONSES: &[(&str, KeepResponse)] =
    &[("same", KeepResponse::Same), ("none", KeepResponse::None)];

const REACTIONS: &[(&str, OnReuse)] = &[("revoke", OnReuse::Revoke), ("report", OnReuse::Report)];

const LONGEST_GRACE: Duration = Duration::from_secs(900);
