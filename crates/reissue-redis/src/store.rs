use std::fmt;
use std::sync::Arc;

use crate::inner::Inner;

/// A [`Store`](reissue::store::Store) on Redis 7.0 or newer or on Valkey: one server, the master
/// behind sentinels, or a cluster.
///
/// Clones share one connection. Several processes, and several stores in one process, may use the
/// same sessions: everything is kept on the servers, nothing in the process. All times are measured
/// by the clock of the server.
///
/// Its methods need a tokio runtime with I/O and time enabled. The connection belongs to the
/// runtime in which it was opened; when that runtime is gone, the next operation opens another.
///
/// # Errors
///
/// Every method returns within the [response time-out], or fails with a
/// [`StoreError`](reissue::store::StoreError) whose source is a
/// [`RedisStoreError`](crate::RedisStoreError).
///
/// # Cancel safety
///
/// A command that was sent takes effect even if the future is dropped before the reply arrives; a
/// command that was not sent has no effect. Each command is one script, which Redis runs
/// atomically.
///
/// # Example
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use reissue::store::Store;
/// use reissue_redis::RedisStore;
///
/// let store = RedisStore::builder("redis://localhost:6379").build()?;
/// for finding in store.ready().await? {
///     eprintln!("{}: {}", finding.code, finding.detail);
/// }
/// # Ok(()) }
/// ```
///
/// [response time-out]: crate::RedisStoreBuilder::with_response_timeout
#[derive(Clone)]
pub struct RedisStore {
    inner: Arc<Inner>,
}

impl RedisStore {
    pub(crate) fn new(inner: Inner) -> Self {
        Self {
            inner: Arc::new(inner),
        }
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("settings", self.inner.settings())
            .finish_non_exhaustive()
    }
}
