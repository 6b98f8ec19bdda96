use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reissue::Sid;
use reissue::store::transfer::{
    ExportCursor, ExportPage, Imported, OneTimeEntry, Position, SessionEntry, Transfer,
};
use reissue::store::{
    Advance, Advanced, Consume, Consumed, Create, Created, Cursor, Finding, OneTimeId, Page,
    Record, Replace, Replaced, Revoke, Store, StoreError, StoreErrorKind, SubjectKey,
};
use tokio::time::timeout;

use crate::durability::Durability;
use crate::error::{SqliteStoreError, SqliteStoreErrorKind};
use crate::ready::Probe;
use crate::verbs::{
    Export, ImportOneTimeIds, ImportSessions, IsConsumed, Load, RevokeFamilies, Sessions,
};
use crate::writer::{Verb, Writer};

/// A [`Store`] on a SQLite database in one file.
///
/// Clones share the file and the threads, which end with the last clone. Its methods need a tokio
/// runtime with time enabled.
///
/// # Errors
///
/// Every method returns within the [response time-out], or fails with a [`StoreError`] whose source
/// is a [`SqliteStoreError`]. An operation that fails for another reason than the time-out has
/// changed nothing, except where the disk failed during the commit: then it may have.
///
/// # Cancel safety
///
/// An operation whose future is dropped takes effect whole if the writer thread had begun it, and
/// not at all otherwise.
///
/// # Example
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use reissue::store::Store;
/// use reissue_sqlite::SqliteStore;
///
/// let store = SqliteStore::open("sessions.db")?;
/// for finding in store.ready().await? {
///     eprintln!("{}: {}", finding.code, finding.detail);
/// }
/// # Ok(()) }
/// ```
///
/// [response time-out]: crate::SqliteStoreBuilder::with_response_timeout
#[derive(Clone)]
pub struct SqliteStore {
    shared: Arc<Shared>,
}

struct Shared {
    writer: Writer,
    response_timeout: Duration,
    advance_durability: Durability,
}

impl SqliteStore {
    pub(crate) fn new(
        writer: Writer,
        response_timeout: Duration,
        advance_durability: Durability,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                writer,
                response_timeout,
                advance_durability,
            }),
        }
    }

    async fn run<V: Verb>(&self, verb: V) -> Result<V::Output, StoreError> {
        self.run_with(verb, Durability::Synchronous).await
    }

    async fn run_with<V: Verb>(
        &self,
        verb: V,
        durability: Durability,
    ) -> Result<V::Output, StoreError> {
        let reply = self.shared.writer.submit(verb, durability)?;
        let reply = timeout(self.shared.response_timeout, reply)
            .await
            .map_err(|_| SqliteStoreError::new(SqliteStoreErrorKind::Timeout))?;
        // The thread drops a request without a reply only where it ends.
        let reply = reply.map_err(|_| SqliteStoreError::new(SqliteStoreErrorKind::Stopped))?;
        Ok(reply?)
    }
}

impl Store for SqliteStore {
    async fn create(&self, create: Create) -> Result<Created, StoreError> {
        self.run(create).await
    }

    async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError> {
        self.run_with(advance, self.shared.advance_durability).await
    }

    async fn replace(&self, replace: Replace) -> Result<Replaced, StoreError> {
        self.run(replace).await
    }

    async fn load(&self, subject: SubjectKey, sid: Sid) -> Result<Option<Record>, StoreError> {
        self.run(Load { subject, sid }).await
    }

    async fn sessions(
        &self,
        subject: SubjectKey,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let after = cursor.map(|cursor| *cursor.as_bytes());
        self.run(Sessions {
            subject,
            after,
            limit: limit.max(1),
        })
        .await
    }

    async fn revoke(&self, subject: SubjectKey, revoke: Revoke) -> Result<u64, StoreError> {
        self.run(RevokeFamilies { subject, revoke }).await
    }

    async fn consume(&self, consume: Consume) -> Result<Consumed, StoreError> {
        self.run(consume).await
    }

    async fn is_consumed(&self, id: OneTimeId) -> Result<bool, StoreError> {
        self.run(IsConsumed { id }).await
    }

    /// Writes a row, and thereby proves that a refresh would succeed.
    async fn ready(&self) -> Result<Vec<Finding>, StoreError> {
        self.run(Probe).await
    }
}

impl Transfer for SqliteStore {
    async fn export(
        &self,
        cursor: Option<ExportCursor>,
        limit: usize,
    ) -> Result<ExportPage, StoreError> {
        let position = Position::of(cursor.as_ref());
        let position = position.ok_or(StoreError::new(StoreErrorKind::Corrupt))?;
        self.run(Export { position, limit }).await
    }

    async fn import_sessions(&self, sessions: Vec<SessionEntry>) -> Result<Imported, StoreError> {
        self.run(ImportSessions(sessions)).await
    }

    async fn import_one_time_ids(&self, ids: Vec<OneTimeEntry>) -> Result<Imported, StoreError> {
        self.run(ImportOneTimeIds(ids)).await
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("response_timeout", &self.shared.response_timeout)
            .field("advance_durability", &self.shared.advance_durability)
            .finish_non_exhaustive()
    }
}
