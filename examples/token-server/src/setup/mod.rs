//! From a configuration to a server: what the operator wrote becomes what `reissue` takes.

mod authorize;
mod brand;
mod clients;
mod error;
mod inventory;
mod keys;
mod policy;
mod postgres;
mod redis;
mod schedule;
mod source;
mod store;
mod users;

pub(crate) use self::error::SetupError;
pub(crate) use self::inventory::{State, inventory};
pub(crate) use self::keys::{Generated, token_algorithm};
pub(crate) use self::store::{LastingStore, open as open_store};

use std::net::SocketAddr;

use reissue::guessing::{GuessLimit, GuessLimiter};
use reissue::store::{BoxedStore, MemoryStore};
use reissue::{AccessTokenRevocation, Clock as _, Policy, Server, SystemClock};

use crate::authorize::{Authorize, Codes, Pages};
use crate::config::Config;
use crate::findings::Findings;
use crate::grants::Grants;
use crate::logins::Logins;

/// All that a configuration becomes.
pub(crate) struct Setup {
    pub(crate) server: Server,
    pub(crate) grants: Grants,
    pub(crate) authorize: Authorize,
    pub(crate) generated: Generated,
    pub(crate) findings: Findings,
}

impl Setup {
    /// Builds everything for a server that listens on its own address, to see whether it can be
    /// built. Neither connects to a store nor creates one.
    pub(crate) fn check(config: &Config) -> Result<Self, SetupError> {
        store::check(config)?;
        Self::of(config, config.listen, BoxedStore::new(MemoryStore::new()))
    }

    /// Builds everything for a server that listens on `address`.
    pub(crate) fn of(
        config: &Config,
        address: SocketAddr,
        store: BoxedStore,
    ) -> Result<Self, SetupError> {
        let issuer = match &config.issuer {
            Some(issuer) => issuer.as_str().to_owned(),
            None => format!("http://{address}"),
        };
        let policy = policy::policy("policy", &config.policy)?;
        let mut findings = Findings::default();
        policy_warnings("policy", &policy, &mut findings);
        let clients = clients::clients(&config.clients, &policy, &mut findings)?;
        let now = SystemClock.now();
        let users = users::users(&config.users)?;
        let registry = authorize::registry(&config.clients)?;
        let (keys, seal_keys, generated) = keys::keys(&config.tokens, &issuer, now)?;
        keys::report(config, now, &mut findings);
        let codes = Codes::new(seal_keys.clone(), &issuer, config.tokens.code_ttl);
        let guess_limit = (config.logins.guesses > 0).then_some(GuessLimit {
            guesses: config.logins.guesses,
            every: config.logins.guess_every,
        });
        let logins = Logins::new(users.clone(), GuessLimiter::new(guess_limit));
        let pages = Pages::new(&brand::brand(&config.login_page)?);
        let authorize = Authorize::new(
            &issuer,
            seal_keys,
            registry,
            logins.clone(),
            codes.clone(),
            pages,
        );
        let revocation = if config.tokens.access_token_revokes_session {
            AccessTokenRevocation::EndsSession
        } else {
            AccessTokenRevocation::RevokesToken
        };
        let server = Server::builder(issuer, keys, clients, store)
            .with_policy(policy)
            .with_hook(users.clone())
            .with_introspection_hook(users)
            .with_guess_limit(guess_limit)
            .with_access_token_revocation(revocation)
            .build()
            .map_err(SetupError::Server)?;
        Ok(Self {
            server,
            grants: Grants { logins, codes },
            authorize,
            generated,
            findings,
        })
    }
}

/// Returns the policy of keys that are in order.
#[cfg(test)]
pub(crate) fn policy_of(keys: &crate::config::PolicyKeys) -> Policy {
    policy::policy("policy", keys).unwrap_or_else(|error| panic!("{error}"))
}

/// Reports what is allowed but unwise.
fn policy_warnings(path: &str, policy: &Policy, findings: &mut Findings) {
    for warning in policy.warnings() {
        findings.warn(format!("{path}: {warning}"));
    }
}
