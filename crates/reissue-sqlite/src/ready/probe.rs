use reissue::Timestamp;
use reissue::store::Finding;

use super::file_system;
use crate::database::{Open, millis};
use crate::error::SqliteStoreError;
use crate::writer::{Access, Swept, Verb};

/// Input of [`Store::ready`](reissue::store::Store::ready).
#[derive(Debug)]
pub(crate) struct Probe;

impl Verb for Probe {
    type Output = Vec<Finding>;

    const ACCESS: Access = Access::Write(Swept {
        sessions: 0,
        one_time_ids: 0,
    });

    fn run(&self, open: &Open, now: Timestamp) -> Result<Vec<Finding>, SqliteStoreError> {
        open.connection()
            .prepare_cached("insert or replace into probe (id, probed_at) values (1, ?1)")
            .and_then(|mut statement| statement.execute([millis(now)]))
            .map_err(SqliteStoreError::of)?;
        let found = [
            file_system::disk_nearly_full(open.path()),
            file_system::network_file_system(open.path()),
            not_wal(open)?,
            second_process(open),
            sweep_failed(open),
        ];
        Ok(found.into_iter().flatten().collect())
    }
}

fn not_wal(open: &Open) -> Result<Option<Finding>, SqliteStoreError> {
    let mode: String = open
        .connection()
        .query_row("pragma journal_mode", [], |row| row.get(0))
        .map_err(SqliteStoreError::of)?;
    Ok((mode != "wal").then(|| Finding {
        code: "not-wal",
        detail: format!(
            "the journal mode is {mode}; expected wal, without which each refresh takes several \
             writes to the disk"
        ),
    }))
}

fn second_process(open: &Open) -> Option<Finding> {
    open.is_second_process().then(|| Finding {
        code: "second-process",
        detail:
            "another process serves the same database; expected for a moment during a restart, \
                 and not else"
                .to_owned(),
    })
}

fn sweep_failed(open: &Open) -> Option<Finding> {
    open.sweep_failure().map(|kind| Finding {
        code: "sweep-failed",
        detail: format!(
            "sessions that have expired cannot be removed ({kind:?}); if the database is damaged, \
             restore a backup"
        ),
    })
}
