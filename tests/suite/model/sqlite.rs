//! The SQLite store, whose rows are written back when it loses its last writes.

use std::time::Duration;

use reissue_sqlite::SqliteStore;
use reissue_tests::ManualClock;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use tempfile::TempDir;

use super::world::World;

/// A database in a file of its own, by a clock that stands still.
pub(super) struct Sqlite {
    clock: ManualClock,
    store: SqliteStore,
    rows: Connection,
    remembered: Vec<Vec<Vec<Value>>>,
    _folder: TempDir,
}

impl Sqlite {
    pub(super) fn new() -> Self {
        // In memory where that is possible: what is tested does not depend on the disk.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let folder = folder.unwrap();
        let file = folder.path().join("sessions.db");
        let clock = ManualClock::default();
        let store = SqliteStore::builder(&file)
            .with_clock(clock.clone())
            .with_response_timeout(Duration::from_secs(20))
            .build()
            .unwrap();
        let rows = Connection::open(&file).unwrap();
        rows.busy_timeout(Duration::from_secs(20)).unwrap();
        Self {
            clock,
            store,
            rows,
            remembered: Vec::new(),
            _folder: folder,
        }
    }
}

impl World for Sqlite {
    type Store = SqliteStore;

    const TICK: u64 = 1;

    const COUNTS_EXACTLY: bool = false;

    fn store(&self) -> SqliteStore {
        self.store.clone()
    }

    fn clock(&self) -> &ManualClock {
        &self.clock
    }

    fn begin_step(&mut self) {}

    async fn pass(&mut self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    async fn remember(&mut self, depth: usize) {
        let mut select = self.rows.prepare_cached("select * from session").unwrap();
        let columns = select.column_count();
        let rows = select
            .query_map([], |row| {
                (0..columns).map(|column| row.get(column)).collect()
            })
            .unwrap();
        let rows: Vec<Vec<Value>> = rows.collect::<Result<_, _>>().unwrap();
        self.remembered.truncate(depth);
        self.remembered.push(rows);
    }

    async fn fail_over(&mut self, depth: usize) {
        let transaction = self.rows.transaction().unwrap();
        transaction.execute("delete from session", []).unwrap();
        for row in &self.remembered[depth] {
            let places = vec!["?"; row.len()].join(", ");
            let insert = format!("insert into session values ({places})");
            transaction.execute(&insert, params_from_iter(row)).unwrap();
        }
        transaction.commit().unwrap();
    }
}
