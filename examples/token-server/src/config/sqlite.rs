//! `[sqlite]`: the settings of a store on SQLite beside its path.

use std::time::Duration;

use super::document::Node;
use super::duration;
use super::error::ConfigError;

/// A time-out, and when a refresh is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SqliteKeys {
    /// How long one operation may take.
    pub(crate) response_timeout: Duration,
    /// When a refresh is confirmed.
    pub(crate) refresh: Confirmed,
}

/// When a change is confirmed to the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Confirmed {
    /// Once it is on the disk.
    #[default]
    OnDisk,
    /// Once it is committed: a power failure may undo it.
    Committed,
}

impl SqliteKeys {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ConfigError> {
        let keys = node.table(KEYS)?;
        let defaults = Self::default();
        Ok(Self {
            response_timeout: keys
                .read("response_timeout", |node| {
                    duration::positive_at_most(node, LONGEST)
                })?
                .unwrap_or(defaults.response_timeout),
            refresh: keys
                .read("refresh", |node| node.word(CONFIRMED))?
                .unwrap_or_default(),
        })
    }
}

impl Default for SqliteKeys {
    fn default() -> Self {
        Self {
            response_timeout: Duration::from_millis(500),
            refresh: Confirmed::default(),
        }
    }
}

pub(super) const KEYS: &[&str] = &["response_timeout", "refresh"];
pub(super) const CONFIRMED: &[(&str, Confirmed)] = &[
    ("synchronous", Confirmed::OnDisk),
    ("relaxed", Confirmed::Committed),
];
const LONGEST: Duration = Duration::from_secs(60);
