//! Sessions, as hosts and users see them: listed, changed, ended.

use std::collections::BTreeMap;

use super::Server;
use crate::clock::Timestamp;
use crate::event::Event;
use crate::grant::{Grant, Resource};
use crate::scope::Scope;
use crate::store::{
    Record, Replace, Replaced, Revoke, Sid, StoreError, StoreErrorKind, SubjectKey,
};
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

    /// Changes what a session is granted, from its next refresh on. `false` if there is no such session.
    ///
    /// The subject stays whatever `change` does. Access tokens that are out stay as they are until they expire. `change`
    /// runs again when the session changes meanwhile.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store fails; the change may or may not have been made.
    pub async fn amend_session(
        &self,
        subject: &str,
        sid: Sid,
        mut change: impl FnMut(&mut Grant),
    ) -> Result<bool, StoreError> {
        let key = self.subject_key(subject);
        let Some(mut record) = self.shared.store.load(key, sid).await? else {
            return Ok(false);
        };
        loop {
            let replace = amended(key, sid, &record, subject, &mut change)?;
            match self.shared.store.replace(replace).await? {
                Replaced::Conflict(newer) => record = newer,
                Replaced::Done => return Ok(true),
                Replaced::Missing => return Ok(false),
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
    let (client_id, grant) = from_details(&record.details, subject)
        .ok_or_else(|| StoreError::new(StoreErrorKind::Corrupt))?;
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

fn amended(
    key: SubjectKey,
    sid: Sid,
    record: &Record,
    subject: &str,
    change: &mut impl FnMut(&mut Grant),
) -> Result<Replace, StoreError> {
    let corrupt = || StoreError::new(StoreErrorKind::Corrupt);
    let (client_id, mut grant) = from_details(&record.details, subject).ok_or_else(corrupt)?;
    change(&mut grant);
    subject.clone_into(&mut grant.subject);
    Ok(Replace {
        subject: key,
        sid,
        revision: record.revision,
        details: to_details(&client_id, &grant).ok_or_else(corrupt)?,
    })
}

/// How many sessions are asked for at once.
const PAGE: usize = 256;
