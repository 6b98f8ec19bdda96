use std::fmt;
use std::sync::Arc;

use reissue::store::StoreError;

use crate::inner::Inner;

/// A [`Store`](reissue::store::Store) on Postgres 13 or newer.
///
/// Clones share a pool of connections. Several processes, and several stores in one process, may
/// use the same sessions: everything is kept in the database, nothing in the process. All times are
/// measured by the clock of the server.
///
/// Its methods need a tokio runtime with I/O and time enabled. A connection belongs to the runtime
/// in which it was opened; when that runtime is gone, the next operation opens another.
///
/// # Errors
///
/// Every method returns within the [response time-out], or fails with a
/// [`StoreError`](reissue::store::StoreError) whose source is a
/// [`PostgresStoreError`](crate::PostgresStoreError).
///
/// # Cancel safety
///
/// A statement that was sent takes effect even if the future is dropped before the reply arrives,
/// unless it is cancelled at its response time-out; a statement that was not sent has no effect.
/// Each operation is one statement, and one transaction.
///
/// # Example
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use reissue::store::Store;
/// use reissue_postgres::PostgresStore;
///
/// let store = PostgresStore::builder("postgres://reissue@localhost/sessions").build()?;
/// store.migrate().await?;
/// for finding in store.ready().await? {
///     eprintln!("{}: {}", finding.code, finding.detail);
/// }
/// # Ok(()) }
/// ```
///
/// [response time-out]: crate::PostgresStoreBuilder::with_response_timeout
#[derive(Clone)]
pub struct PostgresStore {
    inner: Arc<Inner>,
}

impl PostgresStore {
    /// Creates the tables and functions that the database lacks, and the schema if
    /// [one was set](crate::PostgresStoreBuilder::with_schema).
    ///
    /// Several processes may call it at once: one of them creates, and the others wait for it. Does
    /// nothing if everything is there, and needs no right to create then. What it creates is in
    /// `schema.sql` of this crate, for those who rather apply it themselves. A newer release only
    /// adds: processes of the release before work on while it is rolled out.
    ///
    /// # Errors
    ///
    /// The server cannot be reached, the role may not create what is missing, or another process
    /// takes longer than five minutes. Then nothing has changed.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, nothing has changed.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        Ok(self.inner.migrate().await?)
    }

    pub(crate) fn new(inner: Inner) -> Self {
        Self {
            inner: Arc::new(inner),
        }
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("settings", self.inner.settings())
            .finish_non_exhaustive()
    }
}
