use reissue::Timestamp;
use reissue::store::OneTimeId;
use reissue::store::transfer::{Imported, OneTimeEntry, SessionEntry};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::family::Family;
use super::table;
use crate::database::{Open, millis, timestamp};
use crate::error::SqliteStoreError;
use crate::writer::{Access, Swept, Verb};

/// Input of [`import_sessions`](reissue::store::transfer::Transfer::import_sessions).
#[derive(Debug)]
pub(crate) struct ImportSessions(pub(crate) Vec<SessionEntry>);

/// Input of [`import_one_time_ids`](reissue::store::transfer::Transfer::import_one_time_ids).
#[derive(Debug)]
pub(crate) struct ImportOneTimeIds(pub(crate) Vec<OneTimeEntry>);

impl Verb for ImportSessions {
    type Output = Imported;

    const ACCESS: Access = Access::Write(Swept {
        sessions: 8,
        one_time_ids: 2,
    });

    fn run(&self, open: &Open, now: Timestamp) -> Result<Imported, SqliteStoreError> {
        let connection = open.connection();
        let mut imported = Imported::default();
        for entry in self.0.iter().filter(|entry| entry.is_live(now)) {
            let (subject, sid) = (entry.subject, entry.sid);
            let family = table::load(connection, subject, sid, now)?;
            match family.map(|family| family.export(subject, sid)) {
                Some(stored) if stored == *entry => {
                    imported.unchanged += 1;
                    continue;
                }
                Some(_) => imported.changed += 1,
                None => imported.added += 1,
            }
            table::insert(connection, subject, sid, &Family::import(entry))?;
        }
        Ok(imported)
    }
}

impl Verb for ImportOneTimeIds {
    type Output = Imported;

    const ACCESS: Access = Access::Write(Swept {
        sessions: 2,
        one_time_ids: 8,
    });

    fn run(&self, open: &Open, now: Timestamp) -> Result<Imported, SqliteStoreError> {
        let connection = open.connection();
        let mut imported = Imported::default();
        for entry in self.0.iter().filter(|entry| now < entry.expires_at) {
            match expiry(connection, entry.id)? {
                Some(expiry) if expiry == entry.expires_at => {
                    imported.unchanged += 1;
                    continue;
                }
                Some(expiry) if now < expiry => imported.changed += 1,
                _ => imported.added += 1,
            }
            connection
                .prepare_cached(
                    "insert or replace into one_time_id (id, expires_at) values (?1, ?2)",
                )
                .and_then(|mut statement| {
                    statement.execute(params![entry.id.as_bytes(), millis(entry.expires_at)])
                })
                .map_err(SqliteStoreError::of)?;
        }
        Ok(imported)
    }
}

fn expiry(connection: &Connection, id: OneTimeId) -> Result<Option<Timestamp>, SqliteStoreError> {
    connection
        .prepare_cached("select expires_at from one_time_id where id = ?1")
        .and_then(|mut statement| {
            statement
                .query_row([id.as_bytes()], |row| timestamp(row, 0))
                .optional()
        })
        .map(Option::flatten)
        .map_err(SqliteStoreError::of)
}
