//! `[redis]`: what a store on Redis has to do beyond its URL.

use std::time::Duration;

use super::document::Node;
use super::duration;
use super::error::ConfigError;

/// How durable a revocation must be before it is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RedisKeys {
    /// How many replicas must have it; 0: the master's word is enough.
    pub(crate) revocation_replicas: u32,
    /// How long they may take.
    pub(crate) revocation_within: Duration,
}

impl RedisKeys {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ConfigError> {
        let keys = node.table(KEYS)?;
        let defaults = Self::default();
        Ok(Self {
            revocation_replicas: keys
                .read("revocation_replicas", Node::count)?
                .unwrap_or(defaults.revocation_replicas),
            revocation_within: keys
                .read("revocation_within", |node| {
                    duration::positive_at_most(node, LONGEST)
                })?
                .unwrap_or(defaults.revocation_within),
        })
    }
}

impl Default for RedisKeys {
    fn default() -> Self {
        Self {
            revocation_replicas: 0,
            revocation_within: Duration::from_secs(1),
        }
    }
}

const KEYS: &[&str] = &["revocation_replicas", "revocation_within"];
const LONGEST: Duration = Duration::from_secs(60);
