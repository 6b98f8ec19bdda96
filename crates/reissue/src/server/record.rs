//! Records of sessions: look up, decode, remove.

use super::{Server, ServerError};
use crate::event::Event;
use crate::grant::Grant;
use crate::store::{Record, Revoke, Sid, StoreError, StoreErrorKind};
use crate::token::refresh::from_details;

impl Server {
    /// Looks up the record of a session; `None` if there is none.
    pub(super) async fn record(
        &self,
        subject: &str,
        sid: Sid,
    ) -> Result<Option<Record>, ServerError> {
        let key = self.subject_key(subject);
        Ok(self.shared.store.load(key, sid).await?)
    }

    /// Removes sessions of a subject from the store, and reports it. Every end of a session except
    /// its expiry uses this.
    pub(crate) async fn end_sessions(
        &self,
        subject: &str,
        revoke: Revoke,
    ) -> Result<u64, ServerError> {
        let key = self.subject_key(subject);
        let count = self.shared.store.revoke(key, revoke).await?;
        let sid = match revoke {
            Revoke::One(sid) => Some(sid),
            Revoke::All | Revoke::AllBut(_) => None,
        };
        self.emit(&Event::Revoked {
            subject,
            sid,
            count,
        });
        Ok(count)
    }
}

/// Returns the client and the grant of a record.
///
/// # Errors
///
/// [`StoreErrorKind::Corrupt`] if this crate has not written the details.
pub(super) fn decode(record: &Record, subject: &str) -> Result<(String, Grant), StoreError> {
    from_details(&record.details, subject).ok_or_else(|| StoreError::new(StoreErrorKind::Corrupt))
}
