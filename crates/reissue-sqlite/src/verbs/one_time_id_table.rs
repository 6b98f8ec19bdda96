//! Rows of the table of single-use ids.

use reissue::Timestamp;
use reissue::store::OneTimeId;
use reissue::store::transfer::OneTimeEntry;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::database::{millis, timestamp};
use crate::error::SqliteStoreError;

/// Returns until when an id counts as used, if it has not expired.
pub(super) fn load(
    connection: &Connection,
    id: OneTimeId,
    now: Timestamp,
) -> Result<Option<Timestamp>, SqliteStoreError> {
    connection
        .prepare_cached("select expires_at from one_time_id where id = ?1")
        .and_then(|mut statement| {
            statement
                .query_row([id.as_bytes()], |row| timestamp(row, 0))
                .optional()
        })
        .map(|expires_at| expires_at.flatten().filter(|expiry| now < *expiry))
        .map_err(SqliteStoreError::of)
}

/// Reads the next `limit` ids of the table, expired or not.
pub(super) fn page(
    connection: &Connection,
    after: Option<OneTimeId>,
    limit: u32,
) -> Result<Vec<OneTimeEntry>, SqliteStoreError> {
    // Nothing is before all ids.
    let after: &[u8] = after.as_ref().map_or(&[], |id| id.as_bytes());
    connection
        .prepare_cached("select id, expires_at from one_time_id where id > ?1 order by id limit ?2")
        .and_then(|mut statement| {
            statement
                .query_map(params![after, limit], |row| {
                    Ok(OneTimeEntry {
                        id: OneTimeId::from_bytes(row.get(0)?),
                        expires_at: timestamp(row, 1)?.unwrap_or_default(),
                    })
                })
                .and_then(Iterator::collect)
        })
        .map_err(SqliteStoreError::of)
}

/// Writes an id, in the place of one that is there.
pub(super) fn insert(
    connection: &Connection,
    id: OneTimeId,
    expires_at: Timestamp,
) -> Result<(), SqliteStoreError> {
    connection
        .prepare_cached("insert or replace into one_time_id (id, expires_at) values (?1, ?2)")
        .and_then(|mut statement| statement.execute(params![id.as_bytes(), millis(expires_at)]))
        .map(drop)
        .map_err(SqliteStoreError::of)
}
