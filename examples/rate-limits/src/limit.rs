//! A token bucket for each key.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};

/// So many at once, and one more each time that so much time has passed.
pub(crate) struct Limit<K> {
    every: Duration,
    burst: Duration,
    /// When the bucket of a key is full again. One that is not here is full.
    full: Mutex<HashMap<K, Instant>>,
}

impl<K> Limit<K>
where
    K: Eq + Hash,
{
    pub(crate) fn new(burst: u32, every: Duration) -> Self {
        Self {
            every,
            burst: every * burst,
            full: Mutex::default(),
        }
    }

    /// Takes one, or answers when to come again.
    pub(crate) fn take(&self, key: K) -> Result<(), TooMany> {
        let now = Instant::now();
        let mut full = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        full.retain(|_, at| *at > now);
        let after_this = full.get(&key).copied().unwrap_or(now) + self.every;
        let wait = after_this.saturating_duration_since(now + self.burst);
        if wait.is_zero() {
            full.insert(key, after_this);
            return Ok(());
        }
        Err(TooMany { wait })
    }
}

/// Answers that it was too often.
pub(crate) struct TooMany {
    wait: Duration,
}

impl IntoResponse for TooMany {
    fn into_response(self) -> Response {
        let seconds = (self.wait.as_secs() + 1).to_string();
        (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, seconds)]).into_response()
    }
}
