//! Moving everything from one store to another: what a store offers for it, and the copy.
//!
//! [`copy`] moves all sessions and consumed ids between two stores that implement [`Transfer`]. The
//! tokens of clients stay valid, as long as keys and issuer stay the same. The stores of this
//! workspace implement it; other stores need not.
//!
//! # Moving without losing anything
//!
//! Servers that go on with the old store while the copy is made change sessions behind it. So:
//!
//! 1. [`copy`] while the servers use the old store. This takes as long as there are many sessions.
//! 2. Stop the servers. Clients try again, as they do while a server is restarted.
//! 3. [`copy`] once more with [`CopyMode::Update`]. This is shorter: only what has changed is
//!    written.
//! 4. Start the servers with the new store.
//!
//! Without the pause, a session that is revoked in the old store after it was copied would live on
//! in the new one. For the same reason do not update a store that already serves.
//!
//! # Clocks
//!
//! Every time is carried as the instant that the exporting store has recorded, and none is
//! computed anew. So no idle deadline and no absolute expiry moves, and to copy twice changes
//! nothing. If the clock of the importing store is ahead of the other one, sessions end and grace
//! periods pass earlier there by the difference; if it is behind, they do so later. A rotation that
//! lies more than [`PastRotation::MAX_SKEW`] ahead of a clock counts as old, so that a retry would
//! count as reuse: [`copy`] refuses stores whose clocks differ by more than that.

mod copy;
mod cursor;
mod entry;
mod error;
mod page;

pub use self::copy::{CopyMode, CopyReport, copy};
pub use self::cursor::{ExportCursor, Position};
pub use self::entry::{OneTimeEntry, Rotation, SessionEntry};
pub use self::error::CopyError;
pub use self::page::{ExportPage, Imported};

#[cfg(doc)]
use super::PastRotation;
use super::StoreError;

use std::future::Future;

/// A store whose content can be exported and imported page by page.
///
/// ```
/// use reissue::store::MemoryStore;
/// use reissue::store::transfer::Transfer;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), reissue::store::StoreError> {
/// let (old, new) = (MemoryStore::new(), MemoryStore::new());
/// let mut cursor = None;
/// loop {
///     let page = old.export(cursor, 500).await?;
///     new.import_sessions(page.sessions).await?;
///     new.import_one_time_ids(page.one_time_ids).await?;
///     cursor = page.next;
///     if cursor.is_none() {
///         break;
///     }
/// }
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "the content of `{Self}` cannot be exported and imported",
    note = "implement `reissue::store::transfer::Transfer`, or use a store of this workspace"
)]
pub trait Transfer: Send + Sync + 'static {
    /// Returns a page of the live sessions and of the consumed ids, in no particular order, from
    /// `cursor` on, or from the start without one. Writes nothing.
    ///
    /// A page has about `limit` entries, which is at least one; a store whose index has larger
    /// units may return more or fewer, also none though more follow. The export is complete when a
    /// page has no `next`. Each session is read at one point. One that lives from the first page to
    /// the last is on at least one of them, and may be on two; one that is created or revoked
    /// meanwhile may be on any or none.
    ///
    /// # Errors
    ///
    /// The store fails, or does not know the cursor: then export from the start.
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed, so a dropped export may be made again with the same cursor.
    fn export(
        &self,
        cursor: Option<ExportCursor>,
        limit: usize,
    ) -> impl Future<Output = Result<ExportPage, StoreError>> + Send;

    /// Makes the sessions equal to these, whatever is there of the same subject and `sid`, and
    /// counts them.
    ///
    /// A session that has expired by this store's clock is left out and not counted. Of two with
    /// the same keys, either counts. Importing the same sessions again changes nothing.
    ///
    /// # Errors
    ///
    /// The store fails, and each session is as before or as given.
    ///
    /// # Cancel safety
    ///
    /// After a dropped import each session is as before or as given. It may be made again.
    fn import_sessions(
        &self,
        sessions: Vec<SessionEntry>,
    ) -> impl Future<Output = Result<Imported, StoreError>> + Send;

    /// Records these ids as consumed until the given times, whatever is there of them, and counts
    /// them.
    ///
    /// An id that has expired by this store's clock is left out and not counted.
    ///
    /// # Errors
    ///
    /// The store fails, and each id is as before or as given.
    ///
    /// # Cancel safety
    ///
    /// After a dropped import each id is as before or as given. It may be made again.
    fn import_one_time_ids(
        &self,
        ids: Vec<OneTimeEntry>,
    ) -> impl Future<Output = Result<Imported, StoreError>> + Send;
}

#[cfg(test)]
mod tests;
