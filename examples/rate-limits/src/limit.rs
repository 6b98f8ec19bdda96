//! A rate limit for each key, with `governor`.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

type Limiter<K> = RateLimiter<K, HashMapStateStore<K>, DefaultClock>;

/// So many at once, and one more each time that so much time has passed. Clones are the same limit.
#[derive(Clone)]
pub(crate) struct Limit<K: Clone + Eq + Hash>(Arc<Limiter<K>>);

impl<K> Limit<K>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
{
    /// Starts to limit. There must not be more keys than memory for them: see
    /// [`bucket_of`](crate::bucket_of).
    pub(crate) fn start(burst: NonZeroU32, every: Duration) -> Option<Self> {
        let quota = Quota::with_period(every)?.allow_burst(burst);
        let limiter = Arc::new(Limiter::hashmap_with_clock(quota, DefaultClock::default()));
        tokio::spawn(forget_idle_keys(limiter.clone()));
        Some(Self(limiter))
    }

    /// Takes one, or returns when to come again.
    pub(crate) fn take(&self, key: &K) -> Result<(), TooMany> {
        self.0.check_key(key).map_err(|not_until| TooMany {
            wait: not_until.wait_time_from(self.0.clock().now()),
        })
    }
}

/// Looks through all keys, which no request should have to wait for each time.
async fn forget_idle_keys<K>(limiter: Arc<Limiter<K>>)
where
    K: Clone + Eq + Hash,
{
    loop {
        tokio::time::sleep(Duration::from_secs(60)).await;
        limiter.retain_recent();
        limiter.shrink_to_fit();
    }
}

/// Responds that it was too often.
pub(crate) struct TooMany {
    wait: Duration,
}

impl IntoResponse for TooMany {
    fn into_response(self) -> Response {
        let seconds = (self.wait.as_secs() + 1).to_string();
        (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, seconds)]).into_response()
    }
}
