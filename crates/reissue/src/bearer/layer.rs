//! `BearerLayer`: configuration in, middleware out.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tower_layer::Layer;

use super::guard::Guard;
use super::reporter::{DeniedRequest, Reporter};
use super::rules::Rules;
use super::service::Bearer;
use crate::clock::{Clock, SystemClock};
use crate::config::{ConfigError, check_realm};
use crate::grant::Scope;
use crate::token::format::AccessTokenVerifier;
use crate::token::read::MAX_LEEWAY;

/// A layer that requires a valid access token. It passes requests on with a
/// [`VerifiedToken`](super::VerifiedToken) in their extensions, and denies all others
/// (RFC 6750 §3).
///
/// ```
/// use reissue::Server;
/// use reissue::bearer::BearerLayer;
///
/// # fn layer(server: &Server) -> Result<BearerLayer<Server>, reissue::InvalidScope> {
/// // In the process of the server: a revoked token is denied at once.
/// let bearer = BearerLayer::for_server(server)
///     .with_session_check()
///     .with_scope("read".parse()?);
/// # Ok(bearer)
/// # }
/// ```
///
/// The [module](super) has an example in front of a service, without a server.
///
/// # What is verified
///
/// The token was issued with one of the keys, has the type and algorithm of that key, names this
/// issuer and this audience, and has the required scope. `exp` has not passed, and `nbf`, if there
/// is one, has. The token must be in the `Authorization` header: the form body and the query are
/// never read (RFC 6750 §2.2 and §2.3 are not for new services).
///
/// A token that is bound to a key (`cnf`) is denied unless an outer layer has verified the proof
/// and inserted the same [`Confirmation`](crate::Confirmation) into the request's extensions. A
/// token bound to a DPoP key needs the scheme `DPoP` (RFC 9449 §7.1), every other `Bearer`.
///
/// # Responses
///
/// | request | status | `WWW-Authenticate` |
/// | --- | --- | --- |
/// | no `Authorization` header, or another scheme | 401 | the realm |
/// | two `Authorization` headers, or no token behind the scheme | 400 | `invalid_request` |
/// | an invalid token | 401 | `invalid_token` |
/// | a valid token without the required scope | 403 | `insufficient_scope` and the scope |
/// | the session check failed because of the store | 503 | none; `Retry-After: 1` |
///
/// The [`BearerDenial`](super::BearerDenial) is in the extensions of the response, for outer
/// layers. With the feature `tracing`, each is logged under the target `reissue::bearer`: missing
/// and expired tokens as `DEBUG`, a wrong key as `WARN`, a store that fails as `ERROR`, all others
/// as `INFO`. [`with_denial_hook`](Self::with_denial_hook) adds a function, for metrics.
///
/// # The type parameter
///
/// `T` is the source of the layer. A `BearerLayer<Server>` can check sessions; a `BearerLayer` of
/// keys has no store, so it cannot.
///
/// ```compile_fail,E0599
/// # use reissue::bearer::BearerLayer;
/// # fn layer(keys: reissue::token::JwtVerifier) -> Result<(), reissue::ConfigError> {
/// BearerLayer::new(keys, "https://id.example", "https://api.example")?.with_session_check();
/// # Ok(())
/// # }
/// ```
///
/// # Cancel safety
///
/// Dropping the future of a response changes nothing.
#[derive(Clone)]
#[must_use]
pub struct BearerLayer<T = KeysOnly> {
    pub(super) guard: Arc<Guard>,
    #[cfg_attr(
        not(feature = "issue"),
        expect(dead_code, reason = "only a server is looked at again")
    )]
    pub(super) source: T,
}

/// The source of a [`BearerLayer`] that has only keys, and no server and no store.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct KeysOnly;

impl BearerLayer {
    /// Returns a layer that verifies tokens of `issuer` for `audience` with these keys.
    ///
    /// The keys are a [`JwtVerifier`](crate::token::JwtVerifier) or a
    /// [`PasetoVerifier`](crate::token::PasetoVerifier) over the issuer's published keys, or any
    /// [`AccessTokenFormat`](crate::token::AccessTokenFormat). For keys that change while the
    /// service runs, implement [`AccessTokenVerifier`] for a type that looks them up.
    ///
    /// # Errors
    ///
    /// A [`ConfigError`] for an empty issuer, and for an audience that is empty or cannot be the
    /// [realm](Self::with_realm).
    pub fn new(
        keys: impl AccessTokenVerifier,
        issuer: impl Into<String>,
        audience: impl Into<String>,
    ) -> Result<Self, ConfigError> {
        let (issuer, audience) = (issuer.into(), audience.into());
        if issuer.is_empty() {
            return Err(ConfigError::new("issuer", "the URL of the issuer"));
        }
        check_realm("audience", &audience)?;
        let reporter = Reporter::new(&audience);
        let guard = Guard::new(keys, SystemClock, Rules::new(issuer, audience), reporter);
        Ok(Self {
            guard: Arc::new(guard),
            source: KeysOnly,
        })
    }

    /// The largest leeway.
    pub const MAX_LEEWAY: Duration = MAX_LEEWAY;
}

impl<T> BearerLayer<T> {
    /// Requires every token to have all of this scope. Default: none.
    ///
    /// Clones of a layer share everything else, so each route can have a clone with its own scope.
    pub fn with_scope(self, scope: Scope) -> Self {
        self.with(|guard| guard.rules.scope = scope)
    }

    /// Passes requests without a token on too, for routes that serve both. Default: they are
    /// denied.
    ///
    /// Such a request has no [`VerifiedToken`](super::VerifiedToken) in its extensions, but an
    /// [`AccessDenied`](super::AccessDenied), with which a handler that requires a token can
    /// respond. A token that is presented must still be valid.
    pub fn with_optional_token(self) -> Self {
        self.with(|guard| guard.token_is_optional = true)
    }

    /// Sets the realm of `WWW-Authenticate`. Default: the audience, or the realm of the server.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] unless it is printable ASCII without quote and backslash.
    pub fn with_realm(self, realm: impl Into<String>) -> Result<Self, ConfigError> {
        let realm = realm.into();
        check_realm("realm", &realm)?;
        Ok(self.with(|guard| Arc::make_mut(&mut guard.reporter).realm = realm.into()))
    }

    /// Sets by how much the issuer's clock may differ: a token expires this much later, and is
    /// valid this much before `nbf`. Default: zero. Set it if clocks are known to drift; it
    /// lengthens the life of every token.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] above [`BearerLayer::MAX_LEEWAY`].
    pub fn with_leeway(self, leeway: Duration) -> Result<Self, ConfigError> {
        if leeway > MAX_LEEWAY {
            return Err(ConfigError::new("leeway", "at most 60 seconds"));
        }
        Ok(self.with(|guard| guard.rules.leeway = leeway))
    }

    /// Sets the clock. Default: [`SystemClock`], or the server's.
    pub fn with_clock(self, clock: impl Clock) -> Self {
        self.with(|guard| guard.clock = Arc::new(clock))
    }

    /// Sets a function that is called for every denied request, beside the log. Default: none. It
    /// runs while the request is handled, so it must return quickly: count or enqueue.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use reissue::bearer::BearerLayer;
    /// use std::collections::BTreeMap;
    /// use std::sync::Mutex;
    ///
    /// # fn layer(bearer: BearerLayer) {
    /// let denials = Arc::new(Mutex::new(BTreeMap::<&str, u64>::new()));
    /// let counted = denials.clone();
    /// let bearer = bearer.with_denial_hook(move |denied| {
    ///     let mut counts = counted.lock().expect("no panic while counting");
    ///     *counts.entry(denied.denial.name()).or_default() += 1;
    /// });
    /// # drop(bearer);
    /// # }
    /// ```
    pub fn with_denial_hook(
        self,
        hook: impl Fn(&DeniedRequest<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.with(|guard| Arc::make_mut(&mut guard.reporter).hook = Some(Arc::new(hook)))
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut Guard)) -> Self {
        change(Arc::make_mut(&mut self.guard));
        self
    }
}

impl<S, T> Layer<S> for BearerLayer<T> {
    type Service = Bearer<S>;

    fn layer(&self, inner: S) -> Bearer<S> {
        Bearer::new(inner, self.guard.clone())
    }
}

impl<T> fmt::Debug for BearerLayer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BearerLayer")
            .field("rules", &self.guard.rules)
            .finish_non_exhaustive()
    }
}
