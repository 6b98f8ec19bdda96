//! All keys of a configuration, and what each of them does now.

use std::time::Duration;

use reissue::key::SigningKey;
use reissue::{Lifetime, Policy, Timestamp};

use super::SetupError;
use super::keys::{self, AccessKeys};
use super::policy;
use super::schedule::{Schedule, last};
use crate::args::KeyKind;
use crate::config::{Config, ScheduledKey, Source};

/// A key, without the key itself.
#[derive(Debug)]
pub(crate) struct ListedKey<'c> {
    pub(crate) kind: KeyKind,
    /// The `kid` of its tokens, or what stands for it in their footers.
    pub(crate) id: String,
    pub(crate) algorithm: &'static str,
    pub(crate) state: State,
    pub(crate) source: &'c Source,
}

/// What a key does at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// New tokens are of this key.
    InUse,
    /// Its tokens are accepted until the last one has expired, if they expire at all and if it is
    /// known since when another key is used.
    Retired { until: Option<Timestamp> },
    /// New tokens will be of this key.
    UsedFrom(Timestamp),
}

/// Returns the keys of a configuration, in the order of the file.
pub(crate) fn inventory(config: &Config, now: Timestamp) -> Result<Vec<ListedKey<'_>>, SetupError> {
    let lives = Lives::of(config)?;
    let seal_keys = keys::seal_keys(&config.tokens)?;
    let access_keys = keys::access_keys(&config.tokens, &seal_keys)?;
    let sources = &config.tokens.signing_keys;
    let mut listed = match &access_keys {
        AccessKeys::Shared(keys) => {
            list(KeyKind::Signing, keys, sources, lives.access, now, |key| {
                (key.key_id(), "v4.local")
            })
        }
        AccessKeys::Signing(keys) => list(KeyKind::Signing, keys, sources, lives.access, now, id),
    };
    let sources = &config.tokens.seal_keys;
    listed.extend(list(
        KeyKind::Seal,
        &seal_keys,
        sources,
        lives.refresh,
        now,
        |key| (key.key_id(), "v4.local"),
    ));
    Ok(listed)
}

fn id(key: &SigningKey) -> (&str, &'static str) {
    (key.key_id(), key.algorithm().as_str())
}

fn list<'c, K>(
    kind: KeyKind,
    keys: &Schedule<K>,
    sources: &'c [ScheduledKey],
    life: Option<Duration>,
    now: Timestamp,
    id: impl Fn(&K) -> (&str, &'static str),
) -> Vec<ListedKey<'c>> {
    let times: Vec<Option<Timestamp>> = keys.iter().map(|(_, time)| *time).collect();
    let states = states(&times, life, now);
    let keys = keys.iter().zip(states).zip(sources);
    keys.map(|(((key, _), state), scheduled)| {
        let (id, algorithm) = id(key);
        ListedKey {
            kind,
            id: id.to_owned(),
            algorithm,
            state,
            source: &scheduled.key,
        }
    })
    .collect()
}

/// The state of each key of a schedule whose tokens live for `life`.
fn states(times: &[Option<Timestamp>], life: Option<Duration>, now: Timestamp) -> Vec<State> {
    let has_come = |time: &Option<Timestamp>| time.is_none_or(|time| time <= now);
    let active: Vec<_> = times.iter().map(|time| ((), *time)).collect();
    let active: Vec<_> = active
        .into_iter()
        .filter(|(_, time)| has_come(time))
        .collect();
    // The keys without a time after the first one are retired from the start.
    let active = last(&active).map(|index| active[index].1);
    let first_untimed = times.iter().position(Option::is_none);
    let successor = |time: Option<Timestamp>| {
        times
            .iter()
            .flatten()
            .filter(|other| time < Some(**other))
            .min()
    };
    times
        .iter()
        .enumerate()
        .map(|(index, time)| match time {
            Some(time) if *time > now => State::UsedFrom(*time),
            time if Some(*time) == active && (time.is_some() || first_untimed == Some(index)) => {
                State::InUse
            }
            None if first_untimed != Some(index) => State::Retired { until: None },
            time => State::Retired {
                until: successor(*time)
                    .zip(life)
                    .map(|(since, life)| *since + life),
            },
        })
        .collect()
}

/// For how long tokens are accepted after their key was replaced; `None`: for ever.
struct Lives {
    access: Option<Duration>,
    refresh: Option<Duration>,
}

impl Lives {
    fn of(config: &Config) -> Result<Self, SetupError> {
        let mut policies: Vec<Policy> = vec![policy::policy("policy", &config.policy)?];
        for (index, client) in config.clients.iter().enumerate() {
            if let Some(own) = &client.policy {
                policies.push(policy::policy(&format!("clients[{index}].policy"), own)?);
            }
        }
        let access = policies
            .iter()
            .map(Policy::access_ttl)
            .max()
            .unwrap_or_default();
        let refresh = policies.iter().map(Policy::absolute_ttl);
        // A session without a limit lives for ever.
        let refresh = refresh.map(Lifetime::limit).collect::<Option<Vec<_>>>();
        Ok(Self {
            access: Some(access + config.tokens.jwks_max_age),
            refresh: refresh.and_then(|all| all.into_iter().max()),
        })
    }
}

#[cfg(test)]
mod tests;
