use reissue::Timestamp;
use reissue::store::{Consume, Consumed, OneTimeId};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::database::{Open, millis, timestamp};
use crate::error::SqliteStoreError;
use crate::writer::{Access, Swept, Verb};

/// Input of [`Store::is_consumed`](reissue::store::Store::is_consumed).
#[derive(Debug)]
pub(crate) struct IsConsumed {
    pub(crate) id: OneTimeId,
}

impl Verb for Consume {
    type Output = Consumed;

    /// More than it adds, so that what has expired stays a small part of the table.
    const ACCESS: Access = Access::Write(Swept {
        sessions: 0,
        one_time_ids: 8,
    });

    fn run(&self, open: &Open, now: Timestamp) -> Result<Consumed, SqliteStoreError> {
        let connection = open.connection();
        if is_consumed(connection, self.id, now)? {
            return Ok(Consumed::Already);
        }
        connection
            .prepare_cached("insert or replace into one_time_id (id, expires_at) values (?1, ?2)")
            .and_then(|mut statement| {
                let expires_at = millis(now + self.lifetime);
                statement.execute(params![self.id.as_bytes(), expires_at])
            })
            .map_err(SqliteStoreError::of)?;
        Ok(Consumed::First)
    }
}

impl Verb for IsConsumed {
    type Output = bool;

    const ACCESS: Access = Access::Read;

    fn run(&self, open: &Open, now: Timestamp) -> Result<bool, SqliteStoreError> {
        is_consumed(open.connection(), self.id, now)
    }
}

fn is_consumed(
    connection: &Connection,
    id: OneTimeId,
    now: Timestamp,
) -> Result<bool, SqliteStoreError> {
    connection
        .prepare_cached("select expires_at from one_time_id where id = ?1")
        .and_then(|mut statement| {
            statement
                .query_row([id.as_bytes()], |row| timestamp(row, 0))
                .optional()
        })
        .map(|expires_at| expires_at.flatten().is_some_and(|expiry| now < expiry))
        .map_err(SqliteStoreError::of)
}
