//! A layer for the tokens of a server in the same process.

use std::sync::Arc;

use super::guard::Guard;
use super::layer::BearerLayer;
use super::reporter::Reporter;
use super::rules::Rules;
use super::session_cache::SessionCache;
use super::session_check::SessionCheck;
use crate::server::Server;

impl BearerLayer<Server> {
    /// Returns a layer for the tokens of a server in the same process, with its keys, issuer,
    /// audience, realm and clock.
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

    /// Adds a check in the server's store whether the token was revoked (RFC 7009) and whether its
    /// session is active, so that a revoked token is denied at once. Default: no check, and a
    /// revoked token is valid until it expires.
    ///
    /// The check takes a round trip to the store for each request, also for a token that belongs to
    /// no session. If the store fails, the response is `503`. Revoked tokens are looked up unless
    /// the server is built [without them](crate::ServerBuilder::with_access_token_revocation).
    pub fn with_session_check(self) -> Self {
        let check = SessionCheck::new(self.source.clone(), None);
        self.with(|guard| guard.sessions = Some(Arc::new(check)))
    }

    /// Adds the check of [`with_session_check`](Self::with_session_check), and caches its results.
    /// A revoked token may be accepted for the maximum age of the cache. Clones of the layer share
    /// the cache.
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
