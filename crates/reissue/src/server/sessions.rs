//! Operations on sessions for applications: list, change, end.

use std::collections::BTreeMap;

use super::record::decode;
use super::{Server, ServerError};
use crate::clock::Timestamp;
use crate::event::Requester;
use crate::grant::{Grant, Resource, Scope};
use crate::store::{Record, Replace, Replaced, Revoke, Sid, StoreError};
use crate::token::refresh::to_details;

/// A session: one login on one device.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Session {
    /// The public name of the session.
    pub sid: Sid,
    /// The client that holds its tokens.
    pub client_id: String,
    /// The granted scope.
    pub scope: Scope,
    /// Where its access tokens may be used.
    pub resources: Vec<Resource>,
    /// The label for session lists.
    pub label: Option<String>,
    /// When the session began.
    pub created_at: Timestamp,
    /// When it was last refreshed; the beginning, if it was not.
    pub refreshed_at: Timestamp,
    /// When it ends unless it is refreshed; `None` for never.
    pub expires_at: Option<Timestamp>,
}

/// The result of a [change](Server::amend_session) of a session's grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AmendOutcome {
    /// The change was made.
    Done,
    /// There is no such session.
    Missing,
    /// The change was not made: the grant would not fit into a refresh token, or its label is too
    /// long.
    TooLarge,
}

impl Server {
    /// Returns all sessions of a subject that have not ended, in ascending order of `sid`.
    ///
    /// # Errors
    ///
    /// `temporarily_unavailable` if the store fails or holds something unreadable.
    pub async fn sessions(&self, subject: &str) -> Result<Vec<Session>, ServerError> {
        self.reported(Requester::default(), self.try_sessions(subject).await)
    }

    /// Changes the grant of a session, from its next refresh on.
    ///
    /// `change` cannot change the subject. Access tokens that were issued before are not affected.
    /// `change` runs again if the session changes meanwhile. It should set values, not increment
    /// them: two concurrent changes that result in equal grants count as one.
    ///
    /// # Errors
    ///
    /// `temporarily_unavailable` if the store fails; the change may or may not have been made.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the grant as before or as after the change.
    pub async fn amend_session(
        &self,
        subject: &str,
        sid: Sid,
        change: impl FnMut(&mut Grant),
    ) -> Result<AmendOutcome, ServerError> {
        let amended = self.try_amend_session(subject, sid, change).await;
        self.reported(Requester::default(), amended.map_err(ServerError::from))
    }

    /// Ends one session of a subject. Returns `false` if there is no such session.
    ///
    /// # Errors
    ///
    /// `temporarily_unavailable` if the store fails: the session may continue.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the session as it was, or ended.
    pub async fn revoke_session(&self, subject: &str, sid: Sid) -> Result<bool, ServerError> {
        let count = self.end_sessions(subject, Revoke::One(sid)).await;
        self.reported(Requester::default(), count.map(|count| count > 0))
    }

    /// Ends all sessions of a subject, or all but one, and returns how many: "log out everywhere".
    ///
    /// # Errors
    ///
    /// `temporarily_unavailable` if the store fails: sessions may continue.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves all of them as they were, or ended.
    pub async fn revoke_sessions(
        &self,
        subject: &str,
        except: Option<Sid>,
    ) -> Result<u64, ServerError> {
        let revoke = except.map_or(Revoke::All, Revoke::AllBut);
        let count = self.end_sessions(subject, revoke).await;
        self.reported(Requester::default(), count)
    }

    /// Does the same as [`sessions`](Self::sessions), without a report.
    pub(crate) async fn try_sessions(&self, subject: &str) -> Result<Vec<Session>, ServerError> {
        let key = self.subject_key(subject);
        let mut sessions = BTreeMap::new();
        let mut cursor = None;
        loop {
            let page = self.shared.store.sessions(key, cursor, PAGE).await?;
            for (sid, record) in &page.families {
                sessions.insert(*sid, session(*sid, record, subject)?);
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(sessions.into_values().collect());
            }
        }
    }

    async fn try_amend_session(
        &self,
        subject: &str,
        sid: Sid,
        mut change: impl FnMut(&mut Grant),
    ) -> Result<AmendOutcome, StoreError> {
        let key = self.subject_key(subject);
        let Some(mut record) = self.shared.store.load(key, sid).await? else {
            return Ok(AmendOutcome::Missing);
        };
        loop {
            let (client_id, mut grant) = decode(&record, subject)?;
            change(&mut grant);
            subject.clone_into(&mut grant.subject);
            let details = to_details(&client_id, &grant);
            let fits = self.shared.refresh_tokens.fits(&client_id, &grant);
            let (Some(details), true) = (details, fits) else {
                return Ok(AmendOutcome::TooLarge);
            };
            if details == record.details {
                return Ok(AmendOutcome::Done);
            }
            let replace = Replace {
                subject: key,
                sid,
                revision: record.revision,
                next: record.revision.next(&details),
                details,
            };
            match self.shared.store.replace(replace).await? {
                Replaced::Conflict(newer) => record = newer,
                Replaced::Done => return Ok(AmendOutcome::Done),
                Replaced::Missing => return Ok(AmendOutcome::Missing),
            }
        }
    }
}

fn session(sid: Sid, record: &Record, subject: &str) -> Result<Session, StoreError> {
    let (client_id, grant) = decode(record, subject)?;
    Ok(Session {
        sid,
        client_id,
        scope: grant.scope,
        resources: grant.resources,
        label: grant.label,
        created_at: record.created_at,
        refreshed_at: record.rotated_at,
        expires_at: record.deadline,
    })
}

/// How many sessions are read from the store at once.
pub(super) const PAGE: usize = 256;
