//! Redemption of single-use grants, such as authorization codes (RFC 6749 §4.1.2).

use std::time::Duration;

use super::record::decode;
use super::sessions::PAGE;
use super::{Server, ServerError};
use crate::denial::Denial;
use crate::grant::Grant;
use crate::store::{Consumed, OneTimeId, Revoke};

impl Server {
    /// Consumes the single-use id of a grant, if it has one. Must run after the session was
    /// created.
    ///
    /// If two requests redeem one single-use id at once, both have created their sessions before
    /// either consumes it. So the second finds both sessions, and ends them.
    pub(super) async fn redeem(&self, grant: &Grant) -> Result<(), ServerError> {
        let Some(id) = grant.single_use_id else {
            return Ok(());
        };
        match self.try_consume(id, REMEMBERED).await? {
            Consumed::Already => {
                self.end_sessions_issued_for(&grant.subject, id).await?;
                Err(Denial::GrantReused.into())
            }
            Consumed::First => Ok(()),
        }
    }

    /// Ends every session of a subject that was issued for `id`.
    async fn end_sessions_issued_for(
        &self,
        subject: &str,
        id: OneTimeId,
    ) -> Result<(), ServerError> {
        let key = self.subject_key(subject);
        let mut sids = Vec::new();
        let mut cursor = None;
        loop {
            let page = self.shared.store.sessions(key, cursor, PAGE).await?;
            let issued_for_it = page.families.iter().filter(|(_, record)| {
                // A record that cannot be decoded was not created by this code.
                decode(record, subject).is_ok_and(|(_, grant)| grant.single_use_id == Some(id))
            });
            sids.extend(issued_for_it.map(|(sid, _)| *sid));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        for sid in sids {
            self.end_sessions(subject, Revoke::One(sid)).await?;
        }
        Ok(())
    }
}

/// How long a redeemed single-use id is remembered: the longest lifetime of an authorization code
/// (RFC 6749 §4.1.2).
const REMEMBERED: Duration = Duration::from_secs(10 * 60);
