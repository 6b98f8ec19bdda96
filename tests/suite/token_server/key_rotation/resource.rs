use std::sync::Arc;
use std::time::{Duration, Instant};

use http::header::CACHE_CONTROL;
use reissue::key::KeyRing;
use reissue::token::{AccessTokenVerifier as _, JwtVerifier, VerifyError};
use reissue::{Clock as _, SystemClock};
use tokio::sync::Mutex;

use super::fleet::Fleet;

/// A resource server that keeps the published keys for as long as it may, and never looks for one
/// that it does not know.
pub(super) struct Resource {
    fleet: Arc<Fleet>,
    /// Where it fetches.
    home: usize,
    cached: Mutex<Option<Cached>>,
}

struct Cached {
    verifier: JwtVerifier,
    until: Instant,
}

impl Resource {
    pub(super) fn new(fleet: Arc<Fleet>, home: usize) -> Self {
        Self {
            fleet,
            home,
            cached: Mutex::default(),
        }
    }

    /// Lets a token in.
    pub(super) async fn admit(&self, token: &str) {
        let opened = self.open(token).await;
        assert!(opened.is_ok(), "an access token was denied: {opened:?}");
    }

    /// Does not let a token in, because of its key.
    pub(super) async fn deny(&self, token: &str) {
        assert_eq!(self.open(token).await, Err(VerifyError::UnknownKey));
    }

    /// Fetches the keys anew.
    pub(super) async fn fetch(&self) {
        *self.cached.lock().await = Some(self.fetched().await);
    }

    async fn open(&self, token: &str) -> Result<(), VerifyError> {
        let mut cached = self.cached.lock().await;
        let fresh = cached.take_if(|cached| Instant::now() < cached.until);
        let fresh = match fresh {
            Some(fresh) => fresh,
            None => self.fetched().await,
        };
        let opened = fresh.verifier.verify(token, SystemClock.now());
        *cached = Some(fresh);
        opened.map(drop)
    }

    async fn fetched(&self) -> Cached {
        let response = self.fleet.node(self.home).await.get(JWKS).await;
        assert_eq!(response.status, 200, "{response:?}");
        let max_age = response.headers[CACHE_CONTROL].to_str().expect("ASCII");
        let max_age = max_age.strip_prefix("public, max-age=").expect("its age");
        let max_age = Duration::from_secs(max_age.parse().expect("seconds"));
        let body = std::str::from_utf8(&response.body).expect("UTF-8");
        Cached {
            verifier: JwtVerifier::new(KeyRing::from_jwks(body).expect("a JWK Set")),
            // Counted from the response, which is as late as it may be.
            until: Instant::now() + max_age,
        }
    }
}

const JWKS: &str = "/.well-known/jwks.json";
