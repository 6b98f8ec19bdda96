//! `BearerLayer`: configuration in, middleware out.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tower_layer::Layer;

use super::cache::SessionCheck;
use super::guard::Guard;
use super::service::Bearer;
use super::verify::Rules;
use crate::clock::{Clock, SystemClock};
use crate::config::{ConfigError, check_realm};
use crate::grant::Scope;
use crate::server::{MAX_LEEWAY, Server};
use crate::token::envelope::Open;

/// Lets requests with a good access token through, with a [`VerifiedToken`](super::VerifiedToken) in their extensions, and answers all others as
/// RFC 6750 §3 says. See the [module](super) for an example.
///
/// # What a good token is
///
/// It is sealed with one of the keys, of the type and with the algorithm of that key; it is of this issuer and for this
/// audience; its time has come and is not over; it has the required scope. It comes in the `Authorization` header: the
/// form body and the query are never read (RFC 6750 §2.2 and §2.3 are not for new services).
///
/// A token that is bound to a key (`cnf`) is refused unless a layer outside has verified the proof and put the same
/// [`Confirmation`](crate::Confirmation) into the request's extensions. A token bound to a DPoP key comes under the scheme `DPoP`
/// (RFC 9449 §7.1), every other under `Bearer`.
///
/// # What is answered
///
/// | request | status | `WWW-Authenticate` |
/// | --- | --- | --- |
/// | no `Authorization` header, or another scheme | 401 | `Bearer realm="…"` |
/// | two `Authorization` headers, no token behind the scheme | 400 | `Bearer realm="…", error="invalid_request"` |
/// | a token that is not good | 401 | `Bearer realm="…", error="invalid_token"` |
/// | a good token without the required scope | 403 | `Bearer realm="…", error="insufficient_scope", scope="…"` |
/// | the store cannot tell whether the token is revoked | 503 | none; `Retry-After: 1` |
///
/// The [`Refusal`](super::Refusal) is in the extensions of the response.
///
/// # Cancel safety
///
/// Dropping the future of a response changes nothing here.
#[derive(Clone)]
#[must_use]
pub struct BearerLayer {
    pub(super) guard: Arc<Guard>,
}

impl BearerLayer {
    /// Verifies tokens of `issuer` for `audience` with these keys: a [`JwtVerifier`](crate::token::JwtVerifier) or a
    /// [`PasetoVerifier`](crate::token::PasetoVerifier) over the issuer's published keys, or any
    /// [`Envelope`](crate::token::Envelope). Keys that change while the service runs are an implementation of [`Open`] that
    /// looks them up.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for an empty issuer, and for an audience that is empty or could not stand as the
    /// [realm](Self::with_realm).
    pub fn new(
        keys: impl Open,
        issuer: impl Into<String>,
        audience: impl Into<String>,
    ) -> Result<Self, ConfigError> {
        let (issuer, audience) = (issuer.into(), audience.into());
        if issuer.is_empty() {
            return Err(ConfigError::new("issuer", "the URL of the issuer"));
        }
        check_realm("audience", &audience)?;
        Ok(Self::guarding(
            keys,
            SystemClock,
            issuer,
            audience.clone(),
            audience,
        ))
    }

    /// Verifies the tokens of a server in the same process: its keys, issuer, audience, realm and clock.
    pub fn of(server: &Server) -> Self {
        let clock = {
            let server = server.clone();
            move || server.now()
        };
        let (issuer, audience) = (server.issuer().to_owned(), server.audience().to_owned());
        Self::guarding(
            server.clone(),
            clock,
            issuer,
            audience,
            server.realm().to_owned(),
        )
    }

    /// The scope that a token must have, all of it. Default: none. Clones of a layer share everything else, so that each
    /// route may have a clone with a scope of its own.
    pub fn with_scope(self, scope: Scope) -> Self {
        self.with(|guard| guard.rules.scope = scope)
    }

    /// The realm of `WWW-Authenticate`. Default: the audience.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] unless it is printable ASCII without quote and backslash.
    pub fn with_realm(self, realm: impl Into<String>) -> Result<Self, ConfigError> {
        let realm = realm.into();
        check_realm("realm", &realm)?;
        Ok(self.with(|guard| guard.realm = realm))
    }

    /// By how much the issuer's clock may differ: so much later a token expires, and so much earlier its time may come.
    /// Default: zero. Set it when clocks are known to drift; every second is one more that a token lives.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] above [`BearerLayer::MAX_LEEWAY`].
    pub fn with_leeway(self, leeway: Duration) -> Result<Self, ConfigError> {
        if leeway > Self::MAX_LEEWAY {
            return Err(ConfigError::new("leeway", "at most 60 seconds"));
        }
        Ok(self.with(|guard| guard.rules.leeway = leeway))
    }

    /// Tells the time by another clock. Default: [`SystemClock`], or the server's.
    pub fn with_clock(self, clock: impl Clock) -> Self {
        self.with(|guard| guard.clock = Arc::new(clock))
    }

    /// Looks up in the store whether the token was revoked (RFC 7009) and whether its session lives, so that a revoked token
    /// is refused at once. Default: nothing is looked up, and a revoked token is good until it expires.
    ///
    /// It costs the time of a round trip to the store for each request, also with a token that belongs to no session, and
    /// responds with `503` when the store fails. Revoked tokens are looked up unless the server is built
    /// [without them](crate::ServerBuilder::with_access_token_revocation).
    pub fn with_session_check(self, server: Server) -> Self {
        self.with(|guard| guard.sessions = Some(Arc::new(SessionCheck::new(server))))
    }

    /// The same with a cache: what the store says of a token counts for `age`, for at most `entries` tokens. So much longer
    /// a revoked token may be good at this resource server. Clones of the layer share the cache.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for an age above [`BearerLayer::MAX_SESSION_AGE`], and for no entries.
    pub fn with_cached_session_check(
        self,
        server: Server,
        age: Duration,
        entries: usize,
    ) -> Result<Self, ConfigError> {
        if age > Self::MAX_SESSION_AGE {
            return Err(ConfigError::new("age", "at most 60 seconds"));
        }
        if entries == 0 {
            return Err(ConfigError::new("entries", "at least one"));
        }
        let check = SessionCheck::cached(server, age, entries);
        Ok(self.with(|guard| guard.sessions = Some(Arc::new(check))))
    }

    /// The largest leeway.
    pub const MAX_LEEWAY: Duration = MAX_LEEWAY;

    /// The longest time for which the store's word on a session counts.
    pub const MAX_SESSION_AGE: Duration = Duration::from_secs(60);

    fn guarding(
        keys: impl Open,
        clock: impl Clock,
        issuer: String,
        audience: String,
        realm: String,
    ) -> Self {
        Self {
            guard: Arc::new(Guard {
                keys: Arc::new(keys),
                clock: Arc::new(clock),
                rules: Rules {
                    issuer,
                    audience,
                    scope: Scope::empty(),
                    leeway: Duration::ZERO,
                },
                realm,
                sessions: None,
            }),
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Guard)) -> Self {
        change(Arc::make_mut(&mut self.guard));
        self
    }
}

impl<S> Layer<S> for BearerLayer {
    type Service = Bearer<S>;

    fn layer(&self, inner: S) -> Bearer<S> {
        Bearer::new(inner, self.guard.clone())
    }
}

impl fmt::Debug for BearerLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BearerLayer")
            .field("rules", &self.guard.rules)
            .finish_non_exhaustive()
    }
}
