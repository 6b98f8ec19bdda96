//! The options of a server.

use std::fmt;
use std::time::Duration;

use super::hook::{ErasedHook, ErasedIntrospectionHook, IntrospectionHook, RefreshHook};
use super::server::EventFunction;
use super::{AccessTokenRevocation, Keys};
use crate::client::{Clients, ErasedClients};
use crate::clock::{Clock, SystemClock};
use crate::event::Event;
use crate::guessing::GuessLimit;
use crate::policy::Policy;
use crate::store::{ErasedStore, SessionLimit, Store, WhenFull};

/// Configures a [`Server`](super::Server).
#[must_use = "a builder does nothing until `build`"]
pub struct ServerBuilder {
    pub(super) issuer: String,
    pub(super) audience: Option<String>,
    pub(super) realm: Option<String>,
    pub(super) keys: Keys,
    pub(super) clients: Box<dyn ErasedClients>,
    pub(super) store: Box<dyn ErasedStore>,
    pub(super) hook: Option<Box<dyn ErasedHook>>,
    pub(super) introspection_hook: Option<Box<dyn ErasedIntrospectionHook>>,
    pub(super) events: Vec<EventFunction>,
    #[cfg(feature = "tracing")]
    pub(super) traces: bool,
    pub(super) clock: Box<dyn Clock>,
    pub(super) policy: Policy,
    pub(super) session_limit: Option<SessionLimit>,
    pub(super) guess_limit: Option<GuessLimit>,
    pub(super) slow_hash_concurrency: Option<usize>,
    pub(super) slow_hash_queue: usize,
    pub(super) slow_hash_deadline: Duration,
    pub(super) access_token_revocation: AccessTokenRevocation,
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
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder")
            .field("issuer", &self.issuer)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
