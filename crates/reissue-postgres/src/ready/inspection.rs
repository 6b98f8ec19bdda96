use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::PostgresStoreError;
use crate::inner::{Command, Effect, Inner};
use crate::record::{column, only};

/// What the server reports about itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Inspection {
    /// By how many milliseconds its clock is ahead of the clock of this process.
    pub(super) ahead: i64,
    pub(super) fsync: String,
    pub(super) synchronous_commit: String,
    pub(super) synchronous_standby_names: String,
    /// The number of standbys that commits may wait for. Only monitoring roles can read which these
    /// are.
    pub(super) synchronous_standbys: i64,
    /// The number of the newest migration.
    pub(super) migration: i32,
    pub(super) is_read_only: bool,
}

impl Inspection {
    pub(super) async fn of(inner: &Arc<Inner>) -> Result<Self, PostgresStoreError> {
        let migration = Command {
            statement: |statements| &statements.migration,
            parameters: Vec::new(),
            effect: Effect::Look,
        };
        let rows = inner.execute(migration).await?;
        let migration: Option<i32> = column(only(&rows)?, 0)?;

        let inspect = Command {
            statement: |statements| &statements.inspect,
            parameters: Vec::new(),
            effect: Effect::Look,
        };
        let before = millis_since_epoch();
        let rows = inner.execute(inspect).await?;
        let after = millis_since_epoch();
        let row = only(&rows)?;
        let now: i64 = column(row, 0)?;
        Ok(Self {
            ahead: (now - after).max(0) + (now - before).min(0),
            fsync: text(row, 1)?,
            synchronous_commit: text(row, 2)?,
            synchronous_standby_names: text(row, 3)?,
            synchronous_standbys: column(row, 4)?,
            migration: migration.unwrap_or_default(),
            is_read_only: false,
        })
    }
}

fn text(row: &tokio_postgres::Row, index: usize) -> Result<String, PostgresStoreError> {
    column(row, index)
}

fn millis_since_epoch() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(now.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}
