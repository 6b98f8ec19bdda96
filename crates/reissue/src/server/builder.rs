//! From a configuration to a server that can serve.

use std::fmt;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use http::Uri;

use super::server::{EventFunction, Shared};
use super::{Keys, Server};
use crate::client::{Authenticator, Clients, ErasedClients};
use crate::clock::{Clock, SystemClock};
use crate::config::{ConfigError, check_realm};
use crate::event::Event;
use crate::guessing::{GuessLimiter, SlowChecks};
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
    guess_limit: (u32, Duration),
    slow_hashes: Option<(usize, usize)>,
    slow_hash_deadline: Duration,
    revoke_with_access_token: bool,
    revokes_access_tokens: bool,
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
            guess_limit: (10, Duration::from_secs(60)),
            slow_hashes: None,
            slow_hash_deadline: Duration::from_secs(2),
            revoke_with_access_token: false,
            revokes_access_tokens: true,
        }
    }

    /// The `aud` of access tokens whose grant names no resource. Default: the issuer.
    pub fn with_audience(self, audience: impl Into<String>) -> Self {
        Self {
            audience: Some(audience.into()),
            ..self
        }
    }

    /// The realm of `WWW-Authenticate` (RFC 7617 §2). Default: the issuer.
    pub fn with_realm(self, realm: impl Into<String>) -> Self {
        Self {
            realm: Some(realm.into()),
            ..self
        }
    }

    /// The policy of clients that have none of their own. Default: [`Policy::default`].
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Asks the host on every refresh. Default: nobody is asked.
    pub fn with_hook(self, hook: impl RefreshHook) -> Self {
        Self {
            hook: Some(Box::new(hook)),
            ..self
        }
    }

    /// Lets the application say that a token is inactive, each time a client introspects one that is active as far as the
    /// server knows. Default: only the server decides, and the token of a subject whom [`with_hook`](Self::with_hook)
    /// refuses is active until it expires.
    pub fn with_introspection_hook(self, hook: impl IntrospectionHook) -> Self {
        Self {
            introspection_hook: Some(Box::new(hook)),
            ..self
        }
    }

    /// Adds a function that takes every event. It runs on the path of a request: count, log or
    /// enqueue, and return. Default: with the feature `tracing`,
    /// [`event::trace`](crate::event::trace), which logs; and then the functions that are added, in
    /// their order.
    ///
    /// An event borrows from the request. [`Event::to_record`] makes one that can be sent to a queue.
    pub fn with_events(mut self, events: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.events.push(Box::new(events));
        self
    }

    /// Removes the function that logs every event, and keeps those that were
    /// [added](Self::with_events).
    #[cfg(feature = "tracing")]
    pub fn without_tracing(self) -> Self {
        Self {
            traces: false,
            ..self
        }
    }

    /// Tells the time by another clock. Default: [`SystemClock`].
    pub fn with_clock(self, clock: impl Clock) -> Self {
        Self {
            clock: Box::new(clock),
            ..self
        }
    }

    /// How many sessions a subject may have. Default: 100, then the one that was not refreshed for the longest time ends.
    /// `None` for any number: then one stolen password fills the store.
    pub fn with_session_limit(self, session_limit: Option<SessionLimit>) -> Self {
        Self {
            session_limit,
            ..self
        }
    }

    /// Sets how many wrong secrets are let through for one client from one address (RFC 6749
    /// §2.3.1): `guesses` at once, and then one each `every`. Default: 10, and one a minute. 0
    /// `guesses` for any number.
    ///
    /// Above that the response is `429`. A wrong secret counts at all endpoints alike, a right one
    /// does not count, and a right generated one is always accepted. It has no effect on requests
    /// without a [`ClientAddress`](crate::guessing::ClientAddress) in their extensions: see
    /// [`guessing`](crate::guessing).
    ///
    /// Fewer guesses make people wait who mistype a secret. With a longer time between them, a
    /// client that was set up with an old secret of its own choosing is kept out for longer after
    /// it was mended.
    pub fn with_guess_limit(self, guesses: u32, every: Duration) -> Self {
        Self {
            guess_limit: (guesses, every),
            ..self
        }
    }

    /// Sets how many argon2id secrets are checked at once, each on a thread of its own with 19 MiB
    /// or what its parameters say, and how many more may wait before clients are told to try again.
    /// Default: one for each processor, 64.
    ///
    /// Checks of ids that are not registered have at most half of these places: see
    /// [`SlowChecks`](crate::guessing::SlowChecks).
    pub fn with_slow_hashes(self, concurrency: usize, queue: usize) -> Self {
        Self {
            slow_hashes: Some((concurrency, queue)),
            ..self
        }
    }

    /// Sets whether an access token can be revoked by itself (RFC 7009 §2). Default: yes.
    ///
    /// The store then remembers the id of a revoked token until it expires, and introspection and the bearer layer with
    /// the session check look for it: one more read, at the same time as that of the session. Without, none of this
    /// happens, and a client that revokes an access token gets `400` with `unsupported_token_type` (RFC 7009 §2.2.1),
    /// unless its session ends [with it](Self::with_revocation_by_access_token). All servers of an issuer need the same
    /// setting. Turn it off only if access tokens are so short-lived that nobody needs to revoke them.
    pub fn with_access_token_revocation(self, revokes_access_tokens: bool) -> Self {
        Self {
            revokes_access_tokens,
            ..self
        }
    }

    /// Sets how long a check of an argon2id secret may wait for its turn before the client is told
    /// to try again. Default: 2 seconds; at most a minute.
    ///
    /// A longer one keeps more connections waiting under load, a shorter one turns clients away
    /// that could be served.
    pub fn with_slow_hash_deadline(self, slow_hash_deadline: Duration) -> Self {
        Self {
            slow_hash_deadline,
            ..self
        }
    }

    /// Sets whether revoking an access token ends its session too (RFC 7009 §2.1 leaves it open). Default: no.
    pub fn with_revocation_by_access_token(self, revoke_with_access_token: bool) -> Self {
        Self {
            revoke_with_access_token,
            ..self
        }
    }

    /// The server.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] that names the option, or the client, that cannot be served as configured.
    pub fn build(self) -> Result<Server, ConfigError> {
        check_issuer(&self.issuer)?;
        let realm = self.realm.unwrap_or_else(|| self.issuer.clone());
        check_realm("realm", &realm)?;
        if self.session_limit.is_some_and(|limit| limit.max == 0) {
            return Err(ConfigError::new("session_limit", "at least one session"));
        }
        self.clients.check(&self.policy)?;
        let (concurrency, queue) = self.slow_hashes.unwrap_or_else(|| {
            let processors = available_parallelism().map_or(1, usize::from);
            (processors, 64)
        });
        if concurrency == 0 {
            return Err(ConfigError::new(
                "slow_hashes",
                "a concurrency of at least one",
            ));
        }
        let deadline = self.slow_hash_deadline;
        if deadline.is_zero() || deadline > LONGEST_DEADLINE {
            return Err(ConfigError::new(
                "slow_hash_deadline",
                "more than no time, and at most a minute",
            ));
        }
        let (guesses, guess_every) = self.guess_limit;
        if guesses > 0 && guess_every.as_millis() == 0 {
            return Err(ConfigError::new(
                "guess_limit",
                "at least a millisecond between guesses",
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
            GuessLimiter::new(guesses, guess_every),
            SlowChecks::new(concurrency, queue, deadline),
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
                revoke_with_access_token: self.revoke_with_access_token,
                revokes_access_tokens: self.revokes_access_tokens,
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

/// An issuer is an `https` URL without query and fragment (RFC 8414 §2); `http` too, for a machine's own address.
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
