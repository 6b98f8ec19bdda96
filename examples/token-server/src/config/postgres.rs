//! `[postgres]`: the settings of a store on Postgres beside its URL.

use std::path::PathBuf;
use std::time::Duration;

use super::document::Node;
use super::duration;
use super::error::ConfigError;
use super::sqlite::{CONFIRMED, Confirmed};

/// Connections, time-outs, durability, and files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PostgresKeys {
    /// How many connections there are at most.
    pub(crate) connections: u32,
    /// How long one operation may take.
    pub(crate) response_timeout: Duration,
    /// Whether each connection prepares its statements.
    pub(crate) prepared_statements: bool,
    /// When a refresh is confirmed.
    pub(crate) refresh: Confirmed,
    /// How long the standbys may take to have a revocation; `None`: nobody waits for them.
    pub(crate) revocation_within: Option<Duration>,
    /// A file with the password, instead of the URL.
    pub(crate) password_file: Option<PathBuf>,
    /// Certificates to trust instead of those of the operating system.
    pub(crate) root_certificates: Option<PathBuf>,
}

impl PostgresKeys {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ConfigError> {
        let keys = node.table(KEYS)?;
        let defaults = Self::default();
        let timeout = |node: &Node<'_>| duration::positive_at_most(node, LONGEST);
        let file = |node: &Node<'_>| node.text("the path of a file").map(PathBuf::from);
        Ok(Self {
            connections: keys
                .read("connections", connections)?
                .unwrap_or(defaults.connections),
            response_timeout: keys
                .read("response_timeout", timeout)?
                .unwrap_or(defaults.response_timeout),
            prepared_statements: keys
                .read("prepared_statements", Node::boolean)?
                .unwrap_or_default(),
            refresh: keys
                .read("refresh", |node| node.word(CONFIRMED))?
                .unwrap_or_default(),
            revocation_within: keys.read("revocation_within", timeout)?,
            password_file: keys.read("password_file", file)?,
            root_certificates: keys.read("root_certificates", file)?,
        })
    }

    /// Returns every path that may be relative.
    pub(super) fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let password = self.password_file.iter_mut();
        password.chain(&mut self.root_certificates)
    }
}

impl Default for PostgresKeys {
    fn default() -> Self {
        Self {
            connections: 16,
            response_timeout: Duration::from_millis(500),
            prepared_statements: false,
            refresh: Confirmed::default(),
            revocation_within: None,
            password_file: None,
            root_certificates: None,
        }
    }
}

fn connections(node: &Node<'_>) -> Result<u32, ConfigError> {
    match node.count()? {
        0 => Err(node.refuse("at least one connection", "0")),
        count => Ok(count),
    }
}

pub(super) const KEYS: &[&str] = &[
    "connections",
    "response_timeout",
    "prepared_statements",
    "refresh",
    "revocation_within",
    "password_file",
    "root_certificates",
];
const LONGEST: Duration = Duration::from_secs(60);
