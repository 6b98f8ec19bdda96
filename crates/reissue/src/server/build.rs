//! From the options of a server to the server.

use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use http::Uri;

use super::Server;
use super::builder::ServerBuilder;
#[cfg(feature = "tracing")]
use super::server::EventFunction;
use super::server::Shared;
use crate::client::Authenticator;
use crate::config::{ConfigError, check_realm};
use crate::guessing::{GuessLimit, GuessLimiter, SlowChecks};
use crate::token::refresh::RefreshTokens;

impl ServerBuilder {
    /// Builds the server.
    ///
    /// # Errors
    ///
    /// A [`ConfigError`] that names the invalid option or client.
    pub fn build(self) -> Result<Server, ConfigError> {
        check_issuer(&self.issuer)?;
        let realm = self.realm.unwrap_or_else(|| self.issuer.clone());
        check_realm("realm", &realm)?;
        if self.session_limit.is_some_and(|limit| limit.max == 0) {
            return Err(ConfigError::new("session_limit", "at least one session"));
        }
        self.clients.check(&self.policy)?;
        let concurrency = self
            .slow_hash_concurrency
            .unwrap_or_else(|| available_parallelism().map_or(1, usize::from));
        if concurrency == 0 {
            return Err(ConfigError::new("slow_hash_concurrency", "at least one"));
        }
        let deadline = self.slow_hash_deadline;
        if deadline.is_zero() || deadline > LONGEST_DEADLINE {
            return Err(ConfigError::new(
                "slow_hash_deadline",
                "more than no time, and at most a minute",
            ));
        }
        let is_useless = |limit: GuessLimit| limit.guesses == 0 || limit.every.as_millis() == 0;
        if self.guess_limit.is_some_and(is_useless) {
            return Err(ConfigError::new(
                "guess_limit",
                "at least one guess, and a millisecond between guesses",
            ));
        }
        #[cfg(feature = "tracing")]
        let events = if self.traces {
            let trace: EventFunction = Box::new(crate::event::trace);
            std::iter::once(trace).chain(self.events).collect()
        } else {
            self.events
        };
        #[cfg(not(feature = "tracing"))]
        let events = self.events;
        let authenticator = Authenticator::new(
            self.clients,
            GuessLimiter::new(self.guess_limit),
            SlowChecks::new(concurrency, self.slow_hash_queue, deadline),
        );
        Ok(Server {
            shared: Arc::new(Shared {
                audience: self.audience.unwrap_or_else(|| self.issuer.clone()),
                realm,
                access_tokens: self.keys.access_tokens,
                refresh_tokens: RefreshTokens::new(self.keys.refresh_tokens, &self.issuer),
                authenticator,
                store: self.store,
                hook: self.hook,
                introspection_hook: self.introspection_hook,
                events,
                clock: self.clock,
                policy: self.policy,
                session_limit: self.session_limit,
                access_token_revocation: self.access_token_revocation,
                issuer: self.issuer,
            }),
        })
    }
}

/// Checks that the issuer is an `https` URL without query and fragment (RFC 8414 §2). `http` is
/// allowed too, for tests on the local machine.
fn check_issuer(issuer: &str) -> Result<(), ConfigError> {
    let uri: Option<Uri> = issuer.parse().ok();
    let is_url = uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("https" | "http")) && uri.host().is_some()
    });
    if !is_url || issuer.contains(['?', '#', '"', '\\']) {
        return Err(ConfigError::new(
            "issuer",
            "a URL without query and fragment",
        ));
    }
    Ok(())
}

/// The longest deadline of a slow check.
const LONGEST_DEADLINE: Duration = Duration::from_secs(60);
