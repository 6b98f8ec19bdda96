//! Export and import: pages in the order of keys, each of which is one statement.

use std::collections::BTreeMap;
use std::time::Duration;

use reissue::store::transfer::{
    ExportCursor, ExportPage, Imported, OneTimeEntry, Position, SessionEntry, Transfer,
};
use reissue::store::{Attempt, OneTimeId, PastRotation, StoreError, StoreErrorKind, SubjectKey};
use reissue::{Sid, Timestamp};
use tokio_postgres::Row;

use crate::error::{PostgresStoreError, PostgresStoreErrorKind};
use crate::inner::{Command, Effect};
use crate::parameter::Parameter;
use crate::record::{column, encode_revision, encode_rotations, only, stored};
use crate::store::PostgresStore;
use crate::time::{bounded, millis, moment};

impl Transfer for PostgresStore {
    async fn export(
        &self,
        cursor: Option<ExportCursor>,
        limit: usize,
    ) -> Result<ExportPage, StoreError> {
        let limit = limit.clamp(1, MAX_PAGE);
        match Position::of(cursor.as_ref()) {
            Some(Position::Sessions(after)) => self.export_sessions(after, limit).await,
            Some(Position::OneTimeIds(after)) => self.export_one_time_ids(after, limit).await,
            None => Err(StoreError::new(StoreErrorKind::Corrupt)),
        }
    }

    async fn import_sessions(&self, sessions: Vec<SessionEntry>) -> Result<Imported, StoreError> {
        let command = Command {
            statement: |statements| &statements.import_sessions,
            parameters: session_parameters(&sessions)?,
            effect: Effect::Write,
        };
        let rows = self.inner().execute(command).await?;
        Ok(imported(only(&rows)?)?)
    }

    async fn import_one_time_ids(&self, ids: Vec<OneTimeEntry>) -> Result<Imported, StoreError> {
        let ids: BTreeMap<OneTimeId, Timestamp> = ids
            .into_iter()
            .map(|entry| (entry.id, entry.expires_at))
            .collect();
        let id = |id: &OneTimeId| id.as_bytes().to_vec();
        let until = |at: &Timestamp| Some(millis(Duration::from_millis(at.as_millis())));
        let command = Command {
            statement: |statements| &statements.import_one_time_ids,
            parameters: vec![
                ids.keys().map(id).collect::<Vec<_>>().into(),
                ids.values().map(until).collect::<Vec<_>>().into(),
            ],
            effect: Effect::Write,
        };
        let rows = self.inner().execute(command).await?;
        Ok(imported(only(&rows)?)?)
    }
}

impl PostgresStore {
    async fn export_sessions(
        &self,
        after: Option<(SubjectKey, Sid)>,
        limit: usize,
    ) -> Result<ExportPage, StoreError> {
        // Nothing is before all keys.
        let (subject, sid): (&[u8], &[u8]) = match &after {
            Some((subject, sid)) => (subject.as_bytes(), sid.as_bytes()),
            None => (&[], &[]),
        };
        let command = Command {
            statement: |statements| &statements.export_sessions,
            parameters: vec![subject.into(), sid.into(), number(limit)],
            effect: Effect::Look,
        };
        let rows = self.inner().execute(command).await?;
        let mut page = empty_page();
        for row in &rows {
            let (entry, now) = session(row)?;
            page.now = now;
            let position = Position::Sessions(Some((entry.subject, entry.sid)));
            page.next = Some(position.to_cursor());
            if entry.is_live(now) {
                page.sessions.push(entry);
            }
        }
        if rows.len() < limit {
            page.next = Some(Position::OneTimeIds(None).to_cursor());
        }
        if rows.is_empty() {
            page.now = self.now().await?;
        }
        Ok(page)
    }

    async fn export_one_time_ids(
        &self,
        after: Option<OneTimeId>,
        limit: usize,
    ) -> Result<ExportPage, StoreError> {
        let after: &[u8] = after.as_ref().map_or(&[], |id| id.as_bytes());
        let command = Command {
            statement: |statements| &statements.export_one_time_ids,
            parameters: vec![after.into(), number(limit)],
            effect: Effect::Look,
        };
        let rows = self.inner().execute(command).await?;
        let mut page = empty_page();
        for row in &rows {
            let entry = OneTimeEntry {
                id: OneTimeId::from_bytes(array(column(row, 0)?)?),
                expires_at: timestamp(column(row, 1)?)?,
            };
            page.now = timestamp(column(row, 2)?)?;
            page.next = Some(Position::OneTimeIds(Some(entry.id)).to_cursor());
            if page.now < entry.expires_at {
                page.one_time_ids.push(entry);
            }
        }
        if rows.len() < limit {
            page.next = None;
        }
        if rows.is_empty() {
            page.now = self.now().await?;
        }
        Ok(page)
    }

    /// Returns the server's time, for a page without rows.
    async fn now(&self) -> Result<Timestamp, StoreError> {
        let command = Command {
            statement: |statements| &statements.inspect,
            parameters: Vec::new(),
            effect: Effect::Look,
        };
        let rows = self.inner().execute(command).await?;
        Ok(timestamp(column(only(&rows)?, 0)?)?)
    }
}

fn empty_page() -> ExportPage {
    ExportPage {
        now: Timestamp::default(),
        sessions: Vec::new(),
        one_time_ids: Vec::new(),
        next: None,
    }
}

fn session(row: &Row) -> Result<(SessionEntry, Timestamp), PostgresStoreError> {
    let (stored, now) = stored(row, 0)?;
    let attempt: &[u8] = column(row, 14)?;
    let attempt = match attempt {
        [] => None,
        attempt => Some(Attempt::from_bytes(array(attempt)?)),
    };
    let entry = SessionEntry {
        subject: SubjectKey::from_bytes(array(column(row, 12)?)?),
        sid: Sid::from_bytes(array(column(row, 13)?)?),
        generation: stored.generation,
        revision: stored.revision,
        conflicts: stored.conflicts,
        shared_generations: stored.shared_generations,
        created_at: stored.created_at,
        rotated_at: stored.rotated_at,
        attempt,
        skipped: stored.last.map_or(0, |rotation| rotation.skipped),
        earlier_rotations: stored.earlier,
        deadline: stored.deadline,
        expires_at: stored.expires_at,
        details: stored.details,
    };
    Ok((entry, now))
}

/// Returns the columns of the sessions. Of two with the same key, the last one counts: a statement
/// does not write a row twice.
fn session_parameters(sessions: &[SessionEntry]) -> Result<Vec<Parameter>, StoreError> {
    let sessions: BTreeMap<(SubjectKey, Sid), &SessionEntry> = sessions
        .iter()
        .map(|entry| ((entry.subject, entry.sid), entry))
        .collect();
    if sessions
        .values()
        .any(|entry| entry.generation > i64::MAX.cast_unsigned())
    {
        return Err(StoreError::new(StoreErrorKind::Corrupt));
    }
    let bytes = |bytes: fn(&SessionEntry) -> Vec<u8>| -> Parameter {
        let all = sessions.values().map(|entry| bytes(entry));
        all.collect::<Vec<_>>().into()
    };
    let numbers = |number: fn(&SessionEntry) -> Option<i64>| -> Parameter {
        let all = sessions.values().map(|entry| number(entry));
        all.collect::<Vec<_>>().into()
    };
    Ok(vec![
        bytes(|entry| entry.subject.as_bytes().to_vec()),
        bytes(|entry| entry.sid.as_bytes().to_vec()),
        bytes(|entry| match entry.attempt {
            Some(attempt) => attempt.as_bytes().to_vec(),
            None => Vec::new(),
        }),
        numbers(|entry| Some(entry.generation.cast_signed())),
        numbers(|entry| Some(moment(entry.created_at).unwrap_or_default())),
        numbers(|entry| Some(moment(entry.rotated_at).unwrap_or_default())),
        numbers(|entry| entry.idle().and_then(bounded)),
        numbers(|entry| entry.expires_at.and_then(moment)),
        numbers(|entry| Some(i64::from(entry.conflicts).min(MOST_CONFLICTS))),
        numbers(|entry| Some(entry.shared_generations.into())),
        numbers(|entry| Some(entry.skipped.into())),
        bytes(|entry| encode_revision(&entry.revision).to_vec()),
        bytes(|entry| {
            let known = entry.earlier_rotations.len().min(PastRotation::MAX_EARLIER);
            encode_rotations(&entry.earlier_rotations[..known])
        }),
        bytes(|entry| entry.details.to_vec()),
    ])
}

/// Reads how many rows were written, how many were given, and how many of the former are new.
fn imported(row: &Row) -> Result<Imported, PostgresStoreError> {
    let count = |index| -> Result<u64, PostgresStoreError> {
        let count: i64 = column(row, index)?;
        Ok(u64::try_from(count).unwrap_or_default())
    };
    let (written, given, added) = (count(0)?, count(1)?, count(2)?);
    Ok(Imported {
        added,
        changed: written.saturating_sub(added),
        unchanged: given.saturating_sub(written),
    })
}

fn number(limit: usize) -> Parameter {
    i64::try_from(limit).unwrap_or(i64::MAX).into()
}

fn timestamp(millis: i64) -> Result<Timestamp, PostgresStoreError> {
    let millis = u64::try_from(millis).map_err(|_| unreadable())?;
    Ok(Timestamp::from_millis(millis))
}

fn array<const N: usize>(bytes: &[u8]) -> Result<[u8; N], PostgresStoreError> {
    bytes.try_into().map_err(|_| unreadable())
}

const fn unreadable() -> PostgresStoreError {
    PostgresStoreError::new(PostgresStoreErrorKind::UnreadableRecord)
}

/// Keeps one page within its time.
const MAX_PAGE: usize = 1_000;

/// As many as the column holds.
const MOST_CONFLICTS: i64 = 0x7fff_ffff;
