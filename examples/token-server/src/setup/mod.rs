//! From a configuration to a server that can serve: what the operator wrote becomes what `reissue` takes.

mod clients;
mod error;
mod keys;
mod policy;
mod users;

pub(crate) use self::error::SetupError;
pub(crate) use self::keys::Generated;

use std::net::SocketAddr;

use reissue::event::TracingEvents;
use reissue::store::MemoryStore;
use reissue::{Policy, Server};
use tracing::warn;

use crate::config::{Config, StoreUrl};
use crate::users::Users;

/// All that a configuration becomes.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) server: Server,
    pub(crate) users: Users,
    pub(crate) generated: Generated,
}

impl Setup {
    /// Sets up what a configuration says, for a server that listens on `address`.
    pub(crate) fn of(config: &Config, address: SocketAddr) -> Result<Self, SetupError> {
        let issuer = match &config.issuer {
            Some(issuer) => issuer.as_str().to_owned(),
            None => format!("http://{address}"),
        };
        let policy = policy::policy("policy", &config.policy)?;
        let clients = clients::clients(&config.clients, &policy)?;
        let users = users::users(&config.users)?;
        let (keys, generated) = keys::keys(&config.tokens, &issuer)?;
        let store = match config.store {
            StoreUrl::Memory => MemoryStore::new(),
        };
        warn_of("policy", &policy);
        let server = Server::builder(issuer, keys, clients, store)
            .with_policy(policy)
            .with_hook(users.clone())
            .with_events(TracingEvents)
            .build()
            .map_err(SetupError::Server)?;
        Ok(Self {
            server,
            users,
            generated,
        })
    }
}

/// Says in the log what is allowed but unwise.
fn warn_of(path: &str, policy: &Policy) {
    for warning in policy.warnings() {
        warn!("{path}: {warning}");
    }
}
