//! `[server]`: the bounds on connections.

use std::time::Duration;

use super::document::Node;
use super::duration;
use super::error::ConfigError;

/// The bounds on connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ServerKeys {
    /// The number of connections that are served at once.
    pub(crate) connections: u32,
    /// How long a peer may accept nothing of what is sent to it.
    pub(crate) write_timeout: Duration,
}

impl ServerKeys {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ConfigError> {
        let keys = node.table(KEYS)?;
        let defaults = Self::default();
        Ok(Self {
            connections: keys
                .read("connections", connections)?
                .unwrap_or(defaults.connections),
            write_timeout: keys
                .read("write_timeout", |node| {
                    duration::positive_at_most(node, LONGEST)
                })?
                .unwrap_or(defaults.write_timeout),
        })
    }
}

impl Default for ServerKeys {
    fn default() -> Self {
        Self {
            connections: 10_000,
            write_timeout: Duration::from_secs(5),
        }
    }
}

fn connections(node: &Node<'_>) -> Result<u32, ConfigError> {
    match node.count()? {
        0 => Err(node.refuse("at least one connection", "0")),
        count => Ok(count),
    }
}

pub(super) const KEYS: &[&str] = &["connections", "write_timeout"];

const LONGEST: Duration = Duration::from_secs(60);
