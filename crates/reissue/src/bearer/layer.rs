//! `BearerLayer`: configuration in, middleware out.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tower_layer::Layer;

use super::access_denied::AccessDenied;
use super::guard::{Checked, Guard, Unverified};
use super::lookup::VerifyFuture;
use super::reporter::{DeniedRequest, Reporter};
use super::request::AccessRequest;
use super::rules::Rules;
use super::service::Bearer;
#[cfg(feature = "issue")]
use super::session_cache::SessionCache;
#[cfg(feature = "issue")]
use super::session_check::SessionCheck;
use super::token::VerifiedToken;
use crate::clock::{Clock, SystemClock};
use crate::config::{ConfigError, check_realm};
use crate::grant::Scope;
#[cfg(feature = "issue")]
use crate::server::Server;
use crate::token::format::AccessTokenVerifier;
use crate::token::read::MAX_LEEWAY;

/// Lets requests with a valid access token through, with a [`VerifiedToken`] in their extensions,
/// and denies all others as RFC 6750 §3 says.
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
/// The [module](super) shows it in front of a service, without a server.
///
/// # What is verified
///
/// The token is sealed with one of the keys, is of the type and algorithm of that key, names this
/// issuer and this audience, and has the required scope. `exp` has not passed, and `nbf`, if there
/// is one, has. The token comes in the `Authorization` header: the form body and the query are
/// never read (RFC 6750 §2.2 and §2.3 are not for new services).
///
/// A token that is bound to a key (`cnf`) is denied unless a layer outside has verified the proof
/// and put the same [`Confirmation`](crate::Confirmation) into the request's extensions. A token
/// bound to a DPoP key comes under the scheme `DPoP` (RFC 9449 §7.1), every other under `Bearer`.
///
/// # What the client gets
///
/// | request | status | `WWW-Authenticate` |
/// | --- | --- | --- |
/// | no `Authorization` header, or another scheme | 401 | `Bearer realm="…"` |
/// | two `Authorization` headers, no token behind the scheme | 400 | `Bearer realm="…", error="invalid_request"` |
/// | an invalid token | 401 | `Bearer realm="…", error="invalid_token"` |
/// | a valid token without the required scope | 403 | `Bearer realm="…", error="insufficient_scope", scope="…"` |
/// | the store fails, so it is unknown whether the token is revoked | 503 | none; `Retry-After: 1` |
///
/// The [`BearerDenial`](super::BearerDenial) is in the extensions of the response, for layers
/// outside. With the feature `tracing`, each is logged under the target `reissue::bearer`: missing
/// and expired tokens as `DEBUG`, a wrong key as `WARN`, a store that fails as `ERROR`, all others
/// as `INFO`. [`with_denial_hook`](Self::with_denial_hook) counts them.
///
/// # The type parameter
///
/// `T` is what the layer was made from: a `BearerLayer<Server>` can check sessions, and a
/// `BearerLayer` of keys has no store to ask.
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
/// Dropping the future of a response changes nothing here.
#[derive(Clone)]
#[must_use]
pub struct BearerLayer<T = KeysOnly> {
    guard: Arc<Guard>,
    #[cfg_attr(
        not(feature = "issue"),
        expect(dead_code, reason = "only a server is looked at again")
    )]
    source: T,
}

/// The source of a [`BearerLayer`] that has keys, and neither a server nor a store.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct KeysOnly;

impl BearerLayer {
    /// Verifies tokens of `issuer` for `audience` with these keys.
    ///
    /// The keys are a [`JwtVerifier`](crate::token::JwtVerifier) or a
    /// [`PasetoVerifier`](crate::token::PasetoVerifier) over the issuer's published keys, or any
    /// [`AccessTokenFormat`](crate::token::AccessTokenFormat). For keys that change while the
    /// service runs, implement [`AccessTokenVerifier`] by a type that looks them up.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for an empty issuer, and for an audience that is empty or cannot be the
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

#[cfg(feature = "issue")]
impl BearerLayer<Server> {
    /// Verifies the tokens of a server in the same process: its keys, issuer, audience, realm and
    /// clock.
    pub fn for_server(server: &Server) -> Self {
        let clock = {
            let server = server.clone();
            move || server.now()
        };
        let rules = Rules::new(server.issuer().to_owned(), server.audience().to_owned());
        let reporter = Reporter::new(server.realm());
        Self {
            guard: Arc::new(Guard::new(server.clone(), clock, rules, reporter)),
            source: server.clone(),
        }
    }

    /// Looks up in the server's store whether the token was revoked (RFC 7009) and whether its
    /// session lives, so that a revoked token is denied at once. Default: nothing is looked up, and
    /// a revoked token is valid until it expires.
    ///
    /// It takes a round trip to the store for each request, also with a token that belongs to no
    /// session, and responds with `503` when the store fails. Revoked tokens are looked up unless
    /// the server is built [without them](crate::ServerBuilder::with_access_token_revocation).
    pub fn with_session_check(self) -> Self {
        let check = SessionCheck::new(self.source.clone(), None);
        self.with(|guard| guard.sessions = Some(Arc::new(check)))
    }

    /// Checks sessions like [`with_session_check`](Self::with_session_check), and caches what the
    /// store said of a token. A revoked token may be valid here for as much longer as the cache
    /// says. Clones of the layer share the cache.
    ///
    /// ```
    /// # use reissue::Server;
    /// # use reissue::bearer::BearerLayer;
    /// use std::time::Duration;
    /// use reissue::bearer::SessionCache;
    ///
    /// # fn layer(server: &Server) -> Result<BearerLayer<Server>, reissue::ConfigError> {
    /// let cache = SessionCache::new().with_max_age(Duration::from_secs(1))?;
    /// let bearer = BearerLayer::for_server(server).with_cached_session_check(cache);
    /// # Ok(bearer)
    /// # }
    /// ```
    pub fn with_cached_session_check(self, cache: SessionCache) -> Self {
        let check = SessionCheck::new(self.source.clone(), Some(cache));
        self.with(|guard| guard.sessions = Some(Arc::new(check)))
    }
}

impl<T> BearerLayer<T> {
    /// Requires a scope of every token, all of it. Default: none.
    ///
    /// Clones of a layer share everything else, so each route may have a clone with a scope of its
    /// own.
    pub fn with_scope(self, scope: Scope) -> Self {
        self.with(|guard| guard.rules.scope = scope)
    }

    /// Lets requests without a token through too, for routes that serve both. Default: they are
    /// denied.
    ///
    /// A request without a token has the [`AccessDenied`] in its extensions that a route which
    /// requires one responds with, and no [`VerifiedToken`]. A token that is presented must be
    /// valid all the same.
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

    /// Sets by how much the issuer's clock may differ: so much later a token expires, and so much
    /// earlier `nbf` may pass. Default: zero. Set it when clocks are known to drift; every second
    /// is one more that a token lives.
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
    /// is called on the path of the request: count, or enqueue, and return.
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
    ///     let mut counts = counted.lock().expect("nobody panics while counting");
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

    /// Verifies a request like the layer, for everything that is no tower service: the upgrade of a
    /// WebSocket, an interceptor of gRPC, a message with a token in it.
    ///
    /// All that needs no store is verified at once. The future waits for the session check, if
    /// there is one, and owns all that it needs.
    ///
    /// ```
    /// use http::{Request, Response};
    /// use reissue::Server;
    /// use reissue::bearer::{AccessDenied, BearerLayer, VerifiedToken};
    ///
    /// // A WebSocket: before the upgrade, by the request.
    /// async fn upgrade(
    ///     bearer: &BearerLayer<Server>,
    ///     request: Request<()>,
    /// ) -> Response<reissue::EndpointBody> {
    ///     match bearer.verify(&request).await {
    ///         Ok(token) => switch_protocols(request, token),
    ///         Err(denied) => denied.to_response(),
    ///     }
    /// }
    /// # fn switch_protocols(_: Request<()>, _: VerifiedToken) -> Response<reissue::EndpointBody> {
    /// #     Response::default()
    /// # }
    /// ```
    ///
    /// The metadata of gRPC are headers: tonic's `request.metadata().as_ref()` is a `&HeaderMap`,
    /// and goes into [`verify_without_store`](Self::verify_without_store) the same way.
    ///
    /// # Errors
    ///
    /// [`AccessDenied`], which was reported already, and has the response.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future changes nothing.
    pub fn verify<'a>(&self, request: impl Into<AccessRequest<'a>>) -> VerifyFuture {
        match self.guard.check(&request.into()) {
            Checked::Verified(token) => VerifyFuture::done(Ok(token)),
            Checked::Anonymous(denied) | Checked::Denied(denied) => VerifyFuture::done(Err(denied)),
            Checked::LookUp(lookup) => VerifyFuture::look_up(lookup),
        }
    }

    /// Verifies a request without waiting, and leaves the session check out: a revoked token passes
    /// until it expires.
    ///
    /// For code that cannot wait, such as an interceptor of gRPC:
    ///
    /// ```
    /// use http::HeaderMap;
    /// use reissue::bearer::{BearerDenial, BearerLayer, VerifiedToken};
    ///
    /// // `metadata` is `request.metadata().as_ref()` in tonic, and the code one of `tonic::Code`.
    /// fn intercept(bearer: &BearerLayer, metadata: &HeaderMap) -> Result<VerifiedToken, Code> {
    ///     bearer.verify_without_store(metadata).map_err(|denied| match denied.denial() {
    ///         BearerDenial::ScopeInsufficient => Code::PermissionDenied,
    ///         _ => Code::Unauthenticated,
    ///     })
    /// }
    /// # enum Code { PermissionDenied, Unauthenticated }
    /// ```
    ///
    /// # Errors
    ///
    /// [`AccessDenied`], which was reported already, and has the response.
    pub fn verify_without_store<'a>(
        &self,
        request: impl Into<AccessRequest<'a>>,
    ) -> Result<VerifiedToken, AccessDenied> {
        let now = self.guard.clock.now();
        self.guard
            .verify(&request.into(), now)
            .map_err(Unverified::into_denied)
    }

    fn with(mut self, change: impl FnOnce(&mut Guard)) -> Self {
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
