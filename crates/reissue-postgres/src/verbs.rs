//! The verbs of [`Store`], each of which is one statement.

use reissue::Sid;
use reissue::store::{
    Advance, Advanced, Consume, Consumed, Create, Created, Cursor, Finding, OneTimeId, Page,
    Record, Replace, Replaced, Revoke, Store, StoreError, StoreErrorKind, SubjectKey, WhenFull,
};

use crate::error::{PostgresStoreError, PostgresStoreErrorKind};
use crate::inner::{Command, Effect};
use crate::ready;
use crate::record::{column, decode, encode_revision, only};
use crate::store::PostgresStore;
use crate::time::{bounded, millis, moment};

impl Store for PostgresStore {
    async fn create(&self, create: Create) -> Result<Created, StoreError> {
        let limit = create.limit.map(|limit| i64::from(limit.max.max(1)));
        let evicts = create
            .limit
            .is_some_and(|limit| limit.when_full == WhenFull::EvictOldest);
        let command = Command {
            statement: |statements| &statements.create,
            parameters: vec![
                create.subject.as_bytes().into(),
                create.sid.as_bytes().into(),
                create.idle.and_then(bounded).into(),
                create.expires_at.and_then(moment).into(),
                create.details[..].into(),
                limit.into(),
                evicts.into(),
            ],
            effect: Effect::Write,
        };
        let rows = self.inner().execute(command).await?;
        let evicted: Option<Vec<&[u8]>> = column(only(&rows)?, 0)?;
        let Some(evicted) = evicted else {
            return Ok(Created::Full);
        };
        let evicted: Result<_, _> = evicted.into_iter().map(sid).collect();
        Ok(Created::Done { evicted: evicted? })
    }

    async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError> {
        // No record has such a generation: none gets that far.
        let (Ok(from), Ok(to)) = (i64::try_from(advance.from), i64::try_from(advance.to)) else {
            return Err(StoreError::new(StoreErrorKind::Corrupt));
        };
        let command = Command {
            statement: |statements| &statements.advance,
            parameters: vec![
                advance.subject.as_bytes().into(),
                advance.sid.as_bytes().into(),
                from.into(),
                to.into(),
                encode_revision(&advance.revision).into(),
                advance.attempt.as_bytes().into(),
                millis(advance.history).into(),
                advance.idle.and_then(bounded).into(),
                self.inner().settings().is_relaxed.into(),
            ],
            effect: Effect::Write,
        };
        let rows = self.inner().execute(command).await?;
        let row = only(&rows)?;
        Ok(match column(row, 0)? {
            None => Advanced::Missing,
            Some(true) => Advanced::Done,
            Some(false) => Advanced::Conflict(decode(row, 1)?.0),
        })
    }

    async fn replace(&self, replace: Replace) -> Result<Replaced, StoreError> {
        let command = Command {
            statement: |statements| &statements.replace,
            parameters: vec![
                replace.subject.as_bytes().into(),
                replace.sid.as_bytes().into(),
                encode_revision(&replace.revision).into(),
                encode_revision(&replace.next).into(),
                replace.details[..].into(),
            ],
            effect: Effect::Write,
        };
        let rows = self.inner().execute(command).await?;
        let row = only(&rows)?;
        Ok(match column(row, 0)? {
            None => Replaced::Missing,
            Some(true) => Replaced::Done,
            Some(false) => Replaced::Conflict(decode(row, 1)?.0),
        })
    }

    async fn load(&self, subject: SubjectKey, sid: Sid) -> Result<Option<Record>, StoreError> {
        let command = Command {
            statement: |statements| &statements.load,
            parameters: vec![subject.as_bytes().into(), sid.as_bytes().into()],
            effect: Effect::Look,
        };
        let rows = self.inner().execute(command).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let (record, now) = decode(row, 0)?;
        let is_live = record.deadline.is_none_or(|deadline| now < deadline);
        Ok(is_live.then_some(record))
    }

    async fn sessions(
        &self,
        subject: SubjectKey,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let limit = limit.clamp(1, MAX_PAGE);
        // Nothing is before all sids.
        let after = cursor.map(|cursor| *cursor.as_bytes());
        let command = Command {
            statement: |statements| &statements.sessions,
            parameters: vec![
                subject.as_bytes().into(),
                after.as_ref().map_or(&[][..], |after| after).into(),
                i64::try_from(limit).unwrap_or(i64::MAX).into(),
            ],
            effect: Effect::Look,
        };
        let rows = self.inner().execute(command).await?;
        let mut families = Vec::with_capacity(rows.len());
        for row in &rows {
            families.push((sid(column(row, 0)?)?, decode(row, 1)?.0));
        }
        let next = match families.last() {
            Some((sid, _)) if families.len() == limit => Some(Cursor::from_bytes(*sid.as_bytes())),
            _ => None,
        };
        Ok(Page { families, next })
    }

    async fn revoke(&self, subject: SubjectKey, revoke: Revoke) -> Result<u64, StoreError> {
        let (which, sid): (_, &[u8]) = match &revoke {
            Revoke::All => ("all", &[]),
            Revoke::AllBut(sid) => ("all-but", sid.as_bytes()),
            Revoke::One(sid) => ("one", sid.as_bytes()),
        };
        let is_durable = self.inner().settings().replication_timeout.is_some();
        let command = Command {
            statement: |statements| &statements.revoke,
            parameters: vec![
                subject.as_bytes().into(),
                which.into(),
                sid.into(),
                is_durable.into(),
            ],
            effect: Effect::Revoke,
        };
        let rows = self.inner().execute(command).await?;
        let revoked: i64 = column(only(&rows)?, 0)?;
        Ok(u64::try_from(revoked).unwrap_or_default())
    }

    async fn consume(&self, consume: Consume) -> Result<Consumed, StoreError> {
        let is_durable = self.inner().settings().replication_timeout.is_some();
        let command = Command {
            statement: |statements| &statements.consume,
            parameters: vec![
                consume.id.as_bytes().into(),
                millis(consume.lifetime).into(),
                (&self.inner().attempt()).into(),
                consume.is_revocation.into(),
                is_durable.into(),
            ],
            effect: if consume.is_revocation {
                Effect::Revoke
            } else {
                Effect::Write
            },
        };
        let rows = self.inner().execute(command).await?;
        Ok(if column(only(&rows)?, 0)? {
            Consumed::First
        } else {
            Consumed::Already
        })
    }

    async fn is_consumed(&self, id: OneTimeId) -> Result<bool, StoreError> {
        let command = Command {
            statement: |statements| &statements.is_consumed,
            parameters: vec![id.as_bytes().into()],
            effect: Effect::Look,
        };
        let rows = self.inner().execute(command).await?;
        Ok(match rows.first() {
            Some(row) => column(row, 0)?,
            None => false,
        })
    }

    async fn ready(&self) -> Result<Vec<Finding>, StoreError> {
        Ok(ready::check(self.inner()).await?)
    }
}

fn sid(bytes: &[u8]) -> Result<Sid, PostgresStoreError> {
    let bytes = bytes.try_into();
    let bytes =
        bytes.map_err(|_| PostgresStoreError::new(PostgresStoreErrorKind::UnreadableRecord))?;
    Ok(Sid::from_bytes(bytes))
}

/// Keeps one page within its time.
const MAX_PAGE: usize = 1_000;
