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

/// A limit: a number of requests at once, and one more after each interval. Clones share it.
#[derive(Clone)]
pub(crate) struct Limit<K: Clone + Eq + Hash>(Arc<Limiter<K>>);

impl<K> Limit<K>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
{
    /// Returns a limit, and starts its clean-up. The number of keys must be bounded: see
    /// [`bucket_of`](crate::bucket_of).
    pub(crate) fn start(burst: NonZeroU32, every: Duration) -> Option<Self> {
        let quota = Quota::with_period(every)?.allow_burst(burst);
        let limiter = Arc::new(Limiter::hashmap_with_clock(quota, DefaultClock::default()));
        tokio::spawn(forget_idle_keys(limiter.clone()));
        Some(Self(limiter))
    }

    /// Counts a request for a key, or returns how long to wait.
    pub(crate) fn take(&self, key: &K) -> Result<(), TooMany> {
        self.0.check_key(key).map_err(|not_until| TooMany {
            wait: not_until.wait_time_from(self.0.clock().now()),
        })
    }
}

/// Removes idle keys now and then, so that no request has to.
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

/// The response to a request above the limit.
pub(crate) struct TooMany {
    wait: Duration,
}

impl IntoResponse for TooMany {
    fn into_response(self) -> Response {
        let seconds = (self.wait.as_secs() + 1).to_string();
        (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, seconds)]).into_response()
    }
}
