//! `[logins]`: how often passwords and client secrets may be guessed.

use std::time::Duration;

use super::document::Node;
use super::duration;
use super::error::ConfigError;

/// How many wrong guesses are let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LoginKeys {
    /// At one account or client from one address at once; 0: any number.
    pub(crate) guesses: u32,
    /// How long it takes until there is one more.
    pub(crate) guess_every: Duration,
    /// Whose word the address is, if the file says so.
    pub(super) address: Option<PeerAddress>,
}

/// Whose word counts for where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PeerAddress {
    /// The connection's.
    Connection,
    /// That of the proxy in front, which appends to `X-Forwarded-For` whom it serves.
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

    /// Whose word the address is.
    pub(crate) fn address(&self) -> PeerAddress {
        self.address.unwrap_or(PeerAddress::Connection)
    }

    /// Whether guesses are counted by an address that nobody has vouched for.
    ///
    /// That is right as long as clients connect to this server. Behind a proxy all connections have one address: ten wrong
    /// passwords for an account would lock out its user, and a hundred would lock out everybody.
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

/// Longer than that, and a forgetful user is as good as locked out.
const LONGEST: Duration = Duration::from_secs(15 * 60);
