//! From a configuration to a server that can serve: what the operator wrote becomes what `reissue` takes.

mod authorize;
mod clients;
mod error;
mod keys;
mod policy;
mod redis;
mod schedule;
mod users;

pub(crate) use self::error::SetupError;
pub(crate) use self::keys::Generated;

use std::net::SocketAddr;
use std::time::Duration;

use reissue::guessing::GuessLimiter;
use reissue::store::MemoryStore;
use reissue::{Clock as _, Policy, Server, SystemClock};
use tracing::warn;

use crate::authorize::{Authorize, Codes};
use crate::config::{Config, StoreUrl};
use crate::grants::Grants;
use crate::logins::Logins;

/// All that a configuration becomes.
pub(crate) struct Setup {
    pub(crate) server: Server,
    pub(crate) grants: Grants,
    pub(crate) authorize: Authorize,
    pub(crate) generated: Generated,
    pub(crate) jwks_max_age: Duration,
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
        let now = SystemClock.now();
        let jwks_max_age = config.tokens.jwks_max_age.unwrap_or(JWKS_MAX_AGE);
        let users = users::users(&config.users)?;
        let registry = authorize::registry(&config.clients)?;
        let (keys, seal_keys, generated) = keys::keys(&config.tokens, &issuer, now)?;
        keys::log(&config.tokens, jwks_max_age, now);
        let code_ttl = config.tokens.code_ttl.unwrap_or(CODE_TTL);
        let codes = Codes::new(seal_keys.clone(), &issuer, code_ttl);
        let (guesses, guess_every) = (config.logins.guesses, config.logins.guess_every);
        let limiter = GuessLimiter::new(guesses, guess_every);
        let logins = Logins::new(users.clone(), limiter);
        let authorize = Authorize::new(&issuer, seal_keys, registry, logins.clone(), codes.clone());
        warn_of("policy", &policy);
        let builder = match &config.store {
            StoreUrl::Memory => Server::builder(issuer, keys, clients, MemoryStore::new()),
            StoreUrl::Redis(url) => {
                Server::builder(issuer, keys, clients, redis::store(url, &config.redis)?)
            }
        };
        let server = builder
            .with_policy(policy)
            .with_hook(users.clone())
            .with_introspection_hook(users)
            .with_guess_limit(guesses, guess_every)
            .with_revocation_by_access_token(config.tokens.access_token_revokes_session)
            .build()
            .map_err(SetupError::Server)?;
        Ok(Self {
            server,
            grants: Grants { logins, codes },
            authorize,
            generated,
            jwks_max_age,
        })
    }
}

/// Says in the log what is allowed but unwise.
fn warn_of(path: &str, policy: &Policy) {
    for warning in policy.warnings() {
        warn!("{path}: {warning}");
    }
}

/// How long verifiers may keep the public keys, unless the configuration says otherwise.
const JWKS_MAX_AGE: Duration = Duration::from_secs(5 * 60);

/// How long an authorization code is good for, unless the configuration says otherwise.
const CODE_TTL: Duration = Duration::from_secs(60);
