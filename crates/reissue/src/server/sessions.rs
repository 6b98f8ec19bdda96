//! Sessions, as hosts and users see them: listed, changed, ended.

use std::collections::BTreeMap;

use super::Server;
use crate::clock::Timestamp;
use crate::event::Event;
use crate::grant::{Grant, Resource, Scope};
use crate::store::{Record, Replace, Replaced, Revoke, Sid, StoreError, StoreErrorKind};
use crate::token::refresh::{from_details, to_details};

/// One login on one device.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Session {
    /// Its public name.
    pub sid: Sid,
    /// The client that holds its tokens.
    pub client_id: String,
    /// What was granted.
    pub scope: Scope,
    /// Where its access tokens may be used.
    pub resources: Vec<Resource>,
    /// What people call it.
    pub label: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was refreshed for the last time; the beginning, if never.
    pub refreshed_at: Timestamp,
    /// When it ends unless it is refreshed; `None` for never.
    pub expires_at: Option<Timestamp>,
}

/// What became of a [change](Server::amend_session) of what a session is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Amended {
    /// It is made.
    Done,
    /// There is no such session.
    Missing,
    /// It is not made: the grant would not fit into a refresh token, or its label is too long.
    TooLarge,
}

impl Server {
    /// All live sessions of a subject, in ascending order of `sid`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store fails or holds something unreadable.
    pub async fn sessions(&self, subject: &str) -> Result<Vec<Session>, StoreError> {
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

    /// Changes what a session is granted, from its next refresh on.
    ///
    /// The subject stays whatever `change` does. Access tokens that are out stay as they are until they expire. `change`
    /// runs again when the session changes meanwhile; it should say what the grant is to be, not count: two changes at
    /// once that lead to equal grants are one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store fails; the change may or may not have been made.
    pub async fn amend_session(
        &self,
        subject: &str,
        sid: Sid,
        mut change: impl FnMut(&mut Grant),
    ) -> Result<Amended, StoreError> {
        let key = self.subject_key(subject);
        let Some(mut record) = self.shared.store.load(key, sid).await? else {
            return Ok(Amended::Missing);
        };
        loop {
            let (client_id, mut grant) = read(&record, subject)?;
            change(&mut grant);
            subject.clone_into(&mut grant.subject);
            let details = to_details(&client_id, &grant);
            let fits = self.shared.refresh_tokens.fits(&client_id, &grant);
            let (Some(details), true) = (details, fits) else {
                return Ok(Amended::TooLarge);
            };
            if details == record.details {
                return Ok(Amended::Done);
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
                Replaced::Done => return Ok(Amended::Done),
                Replaced::Missing => return Ok(Amended::Missing),
            }
        }
    }

    /// Ends one session of a subject. `false` if there is none of that name.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store fails: the session may live on.
    pub async fn revoke_session(&self, subject: &str, sid: Sid) -> Result<bool, StoreError> {
        let count = self.end(subject, Revoke::One(sid), Some(sid)).await?;
        Ok(count > 0)
    }

    /// Ends all sessions of a subject, or all but one, and says how many: "log out everywhere".
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store fails: sessions may live on.
    pub async fn revoke_sessions(
        &self,
        subject: &str,
        except: Option<Sid>,
    ) -> Result<u64, StoreError> {
        let revoke = except.map_or(Revoke::All, Revoke::AllBut);
        self.end(subject, revoke, None).await
    }

    async fn end(
        &self,
        subject: &str,
        revoke: Revoke,
        sid: Option<Sid>,
    ) -> Result<u64, StoreError> {
        let key = self.subject_key(subject);
        let count = self.shared.store.revoke(key, revoke).await?;
        self.emit(&Event::Revoked {
            subject,
            sid,
            count,
        });
        Ok(count)
    }
}

fn session(sid: Sid, record: &Record, subject: &str) -> Result<Session, StoreError> {
    let (client_id, grant) = read(record, subject)?;
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

fn read(record: &Record, subject: &str) -> Result<(String, Grant), StoreError> {
    from_details(&record.details, subject).ok_or_else(|| StoreError::new(StoreErrorKind::Corrupt))
}

/// How many sessions are asked for at once.
pub(super) const PAGE: usize = 256;
