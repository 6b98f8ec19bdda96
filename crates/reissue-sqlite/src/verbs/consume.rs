use reissue::Timestamp;
use reissue::store::{Consume, Consumed, OneTimeId};

use super::one_time_id_table;
use crate::database::Open;
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
        if one_time_id_table::load(connection, self.id, now)?.is_some() {
            return Ok(Consumed::Already);
        }
        one_time_id_table::insert(connection, self.id, now + self.lifetime)?;
        Ok(Consumed::First)
    }
}

impl Verb for IsConsumed {
    type Output = bool;

    const ACCESS: Access = Access::Read;

    fn run(&self, open: &Open, now: Timestamp) -> Result<bool, SqliteStoreError> {
        let expires_at = one_time_id_table::load(open.connection(), self.id, now)?;
        Ok(expires_at.is_some())
    }
}
