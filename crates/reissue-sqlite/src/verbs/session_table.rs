//! Rows of the table of sessions.

use bytes::Bytes;
use reissue::store::{Revision, SubjectKey};
use reissue::{Sid, Timestamp};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::family::Family;
use crate::database::{integer, millis, timestamp};
use crate::error::SqliteStoreError;

/// Returns a session that has not expired.
pub(super) fn load(
    connection: &Connection,
    subject: SubjectKey,
    sid: Sid,
    now: Timestamp,
) -> Result<Option<Family>, SqliteStoreError> {
    connection
        .prepare_cached(
            "select sid, generation, revision, conflicts, shared, created_at, rotated_at, skipped,
                    deadline, expires_at, attempt, history, details
             from session where subject = ?1 and sid = ?2",
        )
        .and_then(|mut statement| {
            statement
                .query_row(params![subject.as_bytes(), sid.as_bytes()], family)
                .optional()
        })
        .map(|found| found.filter(|family| family.is_live(now)))
        .map_err(SqliteStoreError::of)
}

/// Goes through the live sessions of a subject, ascending by `sid`, until `visit` returns `false`.
pub(super) fn visit(
    connection: &Connection,
    subject: SubjectKey,
    after: Option<[u8; 16]>,
    now: Timestamp,
    mut visit: impl FnMut(Sid, Family) -> bool,
) -> Result<(), SqliteStoreError> {
    let after = after.map_or_else(Vec::new, Vec::from);
    let mut go = || {
        let mut statement = connection.prepare_cached(
            "select sid, generation, revision, conflicts, shared, created_at, rotated_at, skipped,
                    deadline, expires_at, attempt, history, details
             from session where subject = ?1 and sid > ?2 order by sid",
        )?;
        let mut rows = statement.query(params![subject.as_bytes(), after])?;
        while let Some(row) = rows.next()? {
            let family = family(row)?;
            if family.is_live(now) && !visit(Sid::from_bytes(row.get(0)?), family) {
                break;
            }
        }
        Ok(())
    };
    go().map_err(SqliteStoreError::of)
}

/// Reads the next `limit` sessions of the table, live or not.
pub(super) fn page(
    connection: &Connection,
    after: Option<(SubjectKey, Sid)>,
    limit: u32,
) -> Result<Vec<(SubjectKey, Sid, Family)>, SqliteStoreError> {
    // Nothing is before all keys.
    let (subject, sid): (&[u8], &[u8]) = match &after {
        Some((subject, sid)) => (subject.as_bytes(), sid.as_bytes()),
        None => (&[], &[]),
    };
    connection
        .prepare_cached(
            "select sid, generation, revision, conflicts, shared, created_at, rotated_at, skipped,
                    deadline, expires_at, attempt, history, details, subject
             from session where (subject, sid) > (?1, ?2) order by subject, sid limit ?3",
        )
        .and_then(|mut statement| {
            statement
                .query_map(params![subject, sid, limit], |row| {
                    let subject = SubjectKey::from_bytes(row.get(13)?);
                    Ok((subject, Sid::from_bytes(row.get(0)?), family(row)?))
                })
                .and_then(Iterator::collect)
        })
        .map_err(SqliteStoreError::of)
}

/// Writes a session, in the place of one that is there.
pub(super) fn insert(
    connection: &Connection,
    subject: SubjectKey,
    sid: Sid,
    family: &Family,
) -> Result<(), SqliteStoreError> {
    connection
        .prepare_cached(
            "insert or replace into session (subject, sid, generation, revision, conflicts, shared,
                 created_at, rotated_at, skipped, deadline, expires_at, attempt, history, details)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                subject.as_bytes(),
                sid.as_bytes(),
                family.generation.cast_signed(),
                revision(family),
                family.conflicts,
                family.shared,
                millis(family.created_at),
                millis(family.rotated_at),
                family.skipped,
                family.deadline.map(millis),
                family.expires_at.map(millis),
                family.attempt,
                history(family),
                &family.details[..],
            ])
        })
        .map(|_| ())
        .map_err(SqliteStoreError::of)
}

/// Writes what an advance has changed.
pub(super) fn update(
    connection: &Connection,
    subject: SubjectKey,
    sid: Sid,
    family: &Family,
) -> Result<(), SqliteStoreError> {
    connection
        .prepare_cached(
            "update session set generation = ?3, conflicts = ?4, shared = ?5, rotated_at = ?6,
                 skipped = ?7, deadline = ?8, attempt = ?9, history = ?10
             where subject = ?1 and sid = ?2",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                subject.as_bytes(),
                sid.as_bytes(),
                family.generation.cast_signed(),
                family.conflicts,
                family.shared,
                millis(family.rotated_at),
                family.skipped,
                family.deadline.map(millis),
                family.attempt,
                history(family),
            ])
        })
        .map(|_| ())
        .map_err(SqliteStoreError::of)
}

/// Removes a session.
pub(super) fn delete(
    connection: &Connection,
    subject: SubjectKey,
    sid: Sid,
) -> Result<(), SqliteStoreError> {
    connection
        .prepare_cached("delete from session where subject = ?1 and sid = ?2")
        .and_then(|mut statement| statement.execute(params![subject.as_bytes(), sid.as_bytes()]))
        .map(|_| ())
        .map_err(SqliteStoreError::of)
}

fn family(row: &Row<'_>) -> rusqlite::Result<Family> {
    let required = |column, time: Option<Timestamp>| {
        time.ok_or_else(|| rusqlite::Error::InvalidColumnType(column, String::new(), Type::Null))
    };
    Ok(Family {
        generation: integer(row, 1)?,
        revision: row
            .get::<_, Option<[u8; 16]>>(2)?
            .map_or(Revision::ORIGINAL, Revision::from_bytes),
        conflicts: row.get(3)?,
        shared: row.get(4)?,
        created_at: required(5, timestamp(row, 5)?)?,
        rotated_at: required(6, timestamp(row, 6)?)?,
        skipped: row.get(7)?,
        deadline: timestamp(row, 8)?,
        expires_at: timestamp(row, 9)?,
        attempt: row.get(10)?,
        history: row.get::<_, Option<Vec<u8>>>(11)?.unwrap_or_default(),
        details: Bytes::from(row.get::<_, Vec<u8>>(12)?),
    })
}

/// Null for the revision that nearly all sessions have.
fn revision(family: &Family) -> Option<[u8; 16]> {
    (family.revision != Revision::ORIGINAL).then(|| *family.revision.as_bytes())
}

/// Null for none.
fn history(family: &Family) -> Option<&[u8]> {
    (!family.history.is_empty()).then_some(&family.history[..])
}
