//! Redeeming: a grant that was given for a single-use thing is issued once (RFC 6749 §4.1.2).

use std::time::Duration;

use super::Server;
use super::sessions::PAGE;
use crate::denial::Denial;
use crate::grant::Grant;
use crate::store::{Consumed, OneTimeId, StoreError};
use crate::token::refresh::from_details;

impl Server {
    /// Uses up what the grant was given for, if it names it. Comes after the session was created.
    ///
    /// Of two that redeem one single-use id at once, both have created their sessions before either consumes it. So the one that
    /// comes second finds the session of the first, and its own.
    pub(super) async fn redeem(&self, grant: &Grant) -> Result<(), Denial> {
        let Some(id) = grant.single_use_id else {
            return Ok(());
        };
        let redeemed = async {
            let consumed = self.consume(id, REMEMBERED).await?;
            if consumed == Consumed::Already {
                self.revoke_issued_for(&grant.subject, id).await?;
            }
            Ok(consumed)
        };
        match redeemed.await {
            Ok(Consumed::Already) => Err(Denial::GrantReused),
            Ok(Consumed::First) => Ok(()),
            Err(error) => Err(self.store_failed(&error)),
        }
    }

    /// Ends every session of a subject that was issued for `id`.
    async fn revoke_issued_for(&self, subject: &str, id: OneTimeId) -> Result<(), StoreError> {
        let key = self.subject_key(subject);
        let mut sids = Vec::new();
        let mut cursor = None;
        loop {
            let page = self.shared.store.sessions(key, cursor, PAGE).await?;
            // What cannot be read is not what this code has created.
            let came_from_it = page.families.iter().filter(|(_, record)| {
                from_details(&record.details, subject)
                    .is_some_and(|(_, grant)| grant.single_use_id == Some(id))
            });
            sids.extend(came_from_it.map(|(sid, _)| *sid));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        for sid in sids {
            let _: bool = self.revoke_session(subject, sid).await?;
        }
        Ok(())
    }
}

/// How long a redeemed single-use id is remembered: as long as an authorization code may live at most (RFC 6749 §4.1.2).
const REMEMBERED: Duration = Duration::from_secs(10 * 60);
