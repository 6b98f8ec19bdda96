//! `[logins]`: how often passwords and client secrets may be guessed.

use std::time::Duration;

use super::document::Node;
use super::duration;
use super::error::ConfigError;

/// The limit on wrong guesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LoginKeys {
    /// Guesses for one account or client from one address; 0: any number.
    pub(crate) guesses: u32,
    /// The time until there is one more.
    pub(crate) guess_every: Duration,
    /// The source of addresses, if the file names one.
    pub(super) address: Option<PeerAddress>,
}

/// The source of the address of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PeerAddress {
    /// The connection.
    Connection,
    /// The last element of `X-Forwarded-For`, which the proxy in front appends.
    Forwarded,
}

impl LoginKeys {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ConfigError> {
        let keys = node.table(KEYS)?;
        let defaults = Self::default();
        Ok(Self {
            guesses: keys
                .read("guesses", Node::count)?
                .unwrap_or(defaults.guesses),
            guess_every: keys
                .read("guess_every", |node| {
                    duration::positive_at_most(node, LONGEST)
                })?
                .unwrap_or(defaults.guess_every),
            address: keys.read("address", |node| node.word(ADDRESSES))?,
        })
    }

    /// Returns the source of addresses.
    pub(crate) fn address(&self) -> PeerAddress {
        self.address.unwrap_or(PeerAddress::Connection)
    }

    /// Returns whether guesses are counted by the address of the connection without the file saying
    /// so.
    ///
    /// That is right as long as clients connect to this server. Behind a proxy all connections have
    /// one address: ten wrong passwords for an account would lock out its user, and a hundred would
    /// lock out everybody.
    pub(super) fn takes_every_connection_for_a_client(&self) -> bool {
        self.guesses > 0 && self.address.is_none()
    }
}

impl Default for LoginKeys {
    fn default() -> Self {
        Self {
            guesses: 10,
            guess_every: Duration::from_secs(60),
            address: None,
        }
    }
}

pub(super) const KEYS: &[&str] = &["guesses", "guess_every", "address"];

const ADDRESSES: &[(&str, PeerAddress)] = &[
    ("connection", PeerAddress::Connection),
    ("x-forwarded-for", PeerAddress::Forwarded),
];

/// With a longer time, a forgetful user would be locked out.
const LONGEST: Duration = Duration::from_secs(15 * 60);
