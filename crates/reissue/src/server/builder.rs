//! The builder of a server.

use std::fmt;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use http::Uri;

use super::server::{EventFunction, Shared};
use super::{AccessTokenRevocation, Keys, Server};
use crate::client::{Authenticator, Clients, ErasedClients};
use crate::clock::{Clock, SystemClock};
use crate::config::{ConfigError, check_realm};
use crate::event::Event;
use crate::guessing::{GuessLimit, GuessLimiter, SlowChecks};
use crate::policy::Policy;
use crate::server::hook::{ErasedHook, ErasedIntrospectionHook, IntrospectionHook, RefreshHook};
use crate::store::{ErasedStore, SessionLimit, Store, WhenFull};
use crate::token::refresh::RefreshTokens;

/// Configures a [`Server`].
#[must_use = "a builder does nothing until `build`"]
pub struct ServerBuilder {
    issuer: String,
    audience: Option<String>,
    realm: Option<String>,
    keys: Keys,
    clients: Box<dyn ErasedClients>,
    store: Box<dyn ErasedStore>,
    hook: Option<Box<dyn ErasedHook>>,
    introspection_hook: Option<Box<dyn ErasedIntrospectionHook>>,
    events: Vec<EventFunction>,
    #[cfg(feature = "tracing")]
    traces: bool,
    clock: Box<dyn Clock>,
    policy: Policy,
    session_limit: Option<SessionLimit>,
    guess_limit: Option<GuessLimit>,
    slow_hash_concurrency: Option<usize>,
    slow_hash_queue: usize,
    slow_hash_deadline: Duration,
    access_token_revocation: AccessTokenRevocation,
}

impl ServerBuilder {
    pub(super) fn new(
        issuer: String,
        keys: Keys,
        clients: impl Clients,
        store: impl Store,
    ) -> Self {
        Self {
            issuer,
            audience: None,
            realm: None,
            keys,
            clients: Box::new(clients),
            store: Box::new(store),
            hook: None,
            introspection_hook: None,
            events: Vec::new(),
            #[cfg(feature = "tracing")]
            traces: true,
            clock: Box::new(SystemClock),
            policy: Policy::default(),
            session_limit: Some(SessionLimit {
                max: 100,
                when_full: WhenFull::EvictOldest,
            }),
            guess_limit: Some(GuessLimit::default()),
            slow_hash_concurrency: None,
            slow_hash_queue: 64,
            slow_hash_deadline: Duration::from_secs(2),
            access_token_revocation: AccessTokenRevocation::default(),
        }
    }

    /// Sets the `aud` of access tokens whose grant names no resource. Default: the issuer.
    pub fn with_audience(self, audience: impl Into<String>) -> Self {
        Self {
            audience: Some(audience.into()),
            ..self
        }
    }

    /// Sets the realm of `WWW-Authenticate` (RFC 7617 §2). Default: the issuer.
    pub fn with_realm(self, realm: impl Into<String>) -> Self {
        Self {
            realm: Some(realm.into()),
            ..self
        }
    }

    /// Sets the policy for clients that have none of their own. Default: [`Policy::default`].
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Sets the hook that allows, narrows or denies each refresh. Default: none.
    pub fn with_hook(self, hook: impl RefreshHook) -> Self {
        Self {
            hook: Some(Box::new(hook)),
            ..self
        }
    }

    /// Sets a hook that can report a token as inactive. It runs each time a client introspects a
    /// token that is active by the server's own checks. Default: none, and the token of a subject
    /// whom [`with_hook`](Self::with_hook) denies is active until it expires.
    pub fn with_introspection_hook(self, hook: impl IntrospectionHook) -> Self {
        Self {
            introspection_hook: Some(Box::new(hook)),
            ..self
        }
    }

    /// Adds a function that is called with every event. It runs while the request is handled, so it
    /// must return quickly: count, log or enqueue. Default: with the feature `tracing`,
    /// [`event::trace`](crate::event::trace), which logs. Added functions are called after it, in
    /// their order.
    ///
    /// An event borrows from the request. [`Event::to_record`] returns an owned form that can be
    /// sent to a queue.
    pub fn with_events(mut self, events: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.events.push(Box::new(events));
        self
    }

    /// Removes the function that logs every event. Functions that were [added](Self::with_events)
    /// stay.
    #[cfg(feature = "tracing")]
    pub fn without_tracing(self) -> Self {
        Self {
            traces: false,
            ..self
        }
    }

    /// Sets the clock. Default: [`SystemClock`].
    pub fn with_clock(self, clock: impl Clock) -> Self {
        Self {
            clock: Box::new(clock),
            ..self
        }
    }

    /// Sets how many sessions a subject may have. Default: 100; one more ends the session that was
    /// refreshed longest ago. With `None` the number is unlimited, and one stolen password can fill
    /// the store.
    pub fn with_session_limit(self, session_limit: Option<SessionLimit>) -> Self {
        Self {
            session_limit,
            ..self
        }
    }

    /// Sets how many wrong secrets are allowed for one client from one address (RFC 6749 §2.3.1).
    /// Default: 10 at once, and then one a minute. With `None` the number is unlimited.
    ///
    /// Above that the response is `429`. Wrong secrets at all endpoints count together. A correct
    /// secret does not count, and a correct generated one is always accepted. It has no effect on
    /// requests without a [`ClientAddress`](crate::guessing::ClientAddress) in their extensions:
    /// see [`guessing`](crate::guessing).
    ///
    /// With fewer guesses, people who mistype a secret have to wait. With a longer time between
    /// them, a client that was deployed with a wrong argon2id secret is locked out for longer after
    /// the secret was corrected.
    pub fn with_guess_limit(self, guess_limit: Option<GuessLimit>) -> Self {
        Self {
            guess_limit,
            ..self
        }
    }

    /// Sets how many argon2id secrets are checked at once, each on a thread of its own with 19 MiB,
    /// or as much as its parameters require. Default: one for each processor.
    ///
    /// More of them take more memory and no less time.
    pub fn with_slow_hash_concurrency(self, slow_hash_concurrency: usize) -> Self {
        Self {
            slow_hash_concurrency: Some(slow_hash_concurrency),
            ..self
        }
    }

    /// Sets how many checks of argon2id secrets may wait in the queue. Above that the response is
    /// `503`. Default: 64.
    ///
    /// Checks of ids that are not registered have at most half of these places: see
    /// [`SlowChecks`](crate::guessing::SlowChecks).
    pub fn with_slow_hash_queue(self, slow_hash_queue: usize) -> Self {
        Self {
            slow_hash_queue,
            ..self
        }
    }

    /// Sets what the revocation of an access token does (RFC 7009 §2.1). Default:
    /// [`AccessTokenRevocation::RevokesToken`]. All servers of an issuer need the same setting.
    pub fn with_access_token_revocation(
        self,
        access_token_revocation: AccessTokenRevocation,
    ) -> Self {
        Self {
            access_token_revocation,
            ..self
        }
    }

    /// Sets how long a check of an argon2id secret may wait in the queue before the response is
    /// `503`. Default: 2 seconds; at most a minute.
    ///
    /// A longer deadline keeps more connections waiting under load. A shorter one rejects clients
    /// that could have been served.
    pub fn with_slow_hash_deadline(self, slow_hash_deadline: Duration) -> Self {
        Self {
            slow_hash_deadline,
            ..self
        }
    }

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

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder")
            .field("issuer", &self.issuer)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
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
