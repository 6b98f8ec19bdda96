//! The copy of everything from one store to another.

use std::collections::HashSet;
use std::time::Duration;

use super::{CopyError, ExportPage, Imported, Transfer};
use crate::clock::{Clock as _, SystemClock, Timestamp};
use crate::random::random;
use crate::store::{Consume, OneTimeId, PastRotation, Revoke, Sid, Store, StoreError, SubjectKey};

/// What a copy does to the sessions of the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CopyMode {
    /// There must be none: with sessions in the target, nothing is copied.
    Initial,
    /// They are made equal to those of the source, and those that the source has no longer are
    /// revoked.
    Update,
}

/// What a copy has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CopyReport {
    /// The sessions that were imported.
    pub sessions: Imported,
    /// The consumed ids that were imported.
    pub one_time_ids: Imported,
    /// How many sessions of the target were revoked, because the source has them no longer.
    pub removed: u64,
}

/// Copies all live sessions and consumed ids from one store to another.
///
/// The [module](super) describes the order in which to move to another store without losing
/// anything. A copy that was interrupted or has failed is made again with [`CopyMode::Update`]. An
/// update keeps the keys of all sessions in memory, about 60 MB for a million. It revokes nothing
/// before it has read the whole source, and no session that the source has.
///
/// To see whether both are the same store, it consumes a random id in the target for ten seconds,
/// and looks it up in the source.
///
/// # Errors
///
/// The stores must not be copied, or one of them fails. Each entry of the target is as before or as
/// in the source then.
///
/// # Cancel safety
///
/// After a dropped copy each entry of the target is as before or as in the source.
///
/// # Example
///
/// ```
/// use reissue::store::MemoryStore;
/// use reissue::store::transfer::{CopyMode, copy};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), reissue::store::transfer::CopyError> {
/// let (old, new) = (MemoryStore::new(), MemoryStore::new());
/// copy(&old, &new, CopyMode::Initial).await?;
/// // Stop the servers here.
/// let report = copy(&old, &new, CopyMode::Update).await?;
/// assert_eq!(report.removed, 0);
/// # Ok(()) }
/// ```
pub async fn copy<S, T>(source: &S, target: &T, mode: CopyMode) -> Result<CopyReport, CopyError>
where
    S: Store + Transfer,
    T: Store + Transfer,
{
    let mut copy = Copy {
        source,
        target,
        report: CopyReport::default(),
    };
    copy.check_that_they_differ().await?;
    let first = copy.check_clocks().await?;
    if mode == CopyMode::Initial {
        copy.check_that_target_is_empty(first).await?;
        copy.import(|_| {}).await?;
        return Ok(copy.report);
    }
    let mut keys = HashSet::new();
    copy.import(|key| {
        keys.insert(key);
    })
    .await?;
    copy.remove_others(&keys).await?;
    Ok(copy.report)
}

struct Copy<'a, S, T> {
    source: &'a S,
    target: &'a T,
    report: CopyReport,
}

impl<S, T> Copy<'_, S, T>
where
    S: Store + Transfer,
    T: Store + Transfer,
{
    /// Writes to one and reads from the other: names and addresses do not show what is the same.
    async fn check_that_they_differ(&self) -> Result<(), CopyError> {
        let id = OneTimeId::from_bytes(random().map_err(CopyError::NoRandomness)?);
        let mark = Consume {
            id,
            lifetime: LIFETIME_OF_MARK,
            is_revocation: false,
        };
        self.target.consume(mark).await.map_err(self.in_target())?;
        let is_there = self.source.is_consumed(id).await;
        if is_there.map_err(self.in_source())? {
            return Err(CopyError::SameStore);
        }
        Ok(())
    }

    /// Compares the clocks by means of this process's, and returns the target's first page.
    async fn check_clocks(&self) -> Result<ExportPage, CopyError> {
        let (page, source) = first_page(self.source).await.map_err(self.in_source())?;
        drop(page);
        let (page, target) = first_page(self.target).await.map_err(self.in_target())?;
        let millis = (source.store + target.local).abs_diff(target.store + source.local);
        let difference = Duration::from_millis(millis);
        if difference > PastRotation::MAX_SKEW {
            return Err(CopyError::ClockSkew { difference });
        }
        Ok(page)
    }

    async fn check_that_target_is_empty(&self, mut page: ExportPage) -> Result<(), CopyError> {
        while page.sessions.is_empty() {
            if page.next.is_none() {
                return Ok(());
            }
            let next = self.target.export(page.next, PAGE).await;
            page = next.map_err(self.in_target())?;
        }
        Err(CopyError::NotEmpty)
    }

    /// Imports all that the source has, and passes on the key of each session.
    async fn import(&mut self, mut visit: impl FnMut((SubjectKey, Sid))) -> Result<(), CopyError> {
        let mut cursor = None;
        loop {
            let page = self.source.export(cursor, PAGE).await;
            let page = page.map_err(self.in_source())?;
            for session in &page.sessions {
                visit((session.subject, session.sid));
            }
            if !page.sessions.is_empty() {
                let imported = self.target.import_sessions(page.sessions).await;
                self.report.sessions += imported.map_err(self.in_target())?;
            }
            if !page.one_time_ids.is_empty() {
                let imported = self.target.import_one_time_ids(page.one_time_ids).await;
                self.report.one_time_ids += imported.map_err(self.in_target())?;
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    /// Revokes what the target has and the source has not.
    async fn remove_others(&mut self, keys: &HashSet<(SubjectKey, Sid)>) -> Result<(), CopyError> {
        let mut cursor = None;
        loop {
            let page = self.target.export(cursor, PAGE).await;
            let page = page.map_err(self.in_target())?;
            for session in page.sessions {
                let (subject, sid) = (session.subject, session.sid);
                if keys.contains(&(subject, sid)) {
                    continue;
                }
                // It may have been created since the pages were read.
                let in_source = self.source.load(subject, sid).await;
                if in_source.map_err(self.in_source())?.is_none() {
                    let revoked = self.target.revoke(subject, Revoke::One(sid)).await;
                    self.report.removed += revoked.map_err(self.in_target())?;
                }
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    fn in_source(&self) -> impl Fn(StoreError) -> CopyError + use<S, T> {
        let report = self.report;
        move |error| CopyError::Source { report, error }
    }

    fn in_target(&self) -> impl Fn(StoreError) -> CopyError + use<S, T> {
        let report = self.report;
        move |error| CopyError::Target { report, error }
    }
}

/// What two clocks showed at the same moment, in milliseconds.
struct Moment {
    store: u64,
    /// Of this process.
    local: u64,
}

async fn first_page(store: &impl Transfer) -> Result<(ExportPage, Moment), StoreError> {
    let before = SystemClock.now();
    let page = store.export(None, PAGE).await?;
    let after = SystemClock.now();
    let moment = Moment {
        store: page.now.as_millis(),
        local: middle(before, after),
    };
    Ok((page, moment))
}

fn middle(before: Timestamp, after: Timestamp) -> u64 {
    before.as_millis().midpoint(after.as_millis())
}

/// How many entries a page has: enough that round trips do not count.
const PAGE: usize = 500;

/// Longer than any store takes to respond.
const LIFETIME_OF_MARK: Duration = Duration::from_secs(10);
