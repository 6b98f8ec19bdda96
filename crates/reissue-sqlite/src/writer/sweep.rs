use reissue::Timestamp;
use rusqlite::{Connection, params};

use super::verb::Swept;
use crate::database::{Open, timestamp};
use crate::error::{SqliteStoreError, SqliteStoreErrorKind};

/// Removes what has expired: looks at a few rows with each transaction that writes, in the order of
/// the table, and begins again at its end. There is no index on deadlines, which every rotation
/// would change.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    sessions: Position<2>,
    one_time_ids: Position<1>,
    transactions: u32,
    is_shrinking: bool,
    /// Why it failed when it was last tried.
    failure: Option<SqliteStoreErrorKind>,
    /// For how many transactions it is not tried again.
    pause: u32,
}

/// Where a sweep of one table goes on: after this key.
#[derive(Debug)]
struct Position<const COLUMNS: usize> {
    after: [Vec<u8>; COLUMNS],
    /// Whether many of the rows before had expired: then more are looked at.
    is_rich: bool,
}

impl Sweep {
    /// Looks at that many rows, and at more while many have expired.
    ///
    /// # Errors
    ///
    /// The database is damaged, or its disk is full. The transaction must be undone, and may be run
    /// again after a [`pause`](Self::pause).
    pub(super) fn run(
        &mut self,
        open: &Open,
        swept: Swept,
        now: Timestamp,
    ) -> Result<(), SqliteStoreError> {
        if self.pause > 0 {
            self.pause -= 1;
            return Ok(());
        }
        let connection = open.connection();
        sweep_sessions(connection, &mut self.sessions, swept.sessions, now)?;
        sweep_one_time_ids(connection, &mut self.one_time_ids, swept.one_time_ids, now)?;
        self.shrink(open)?;
        self.failure = None;
        Ok(())
    }

    /// Does nothing for a while, after a failure.
    pub(super) const fn pause(&mut self, failure: SqliteStoreErrorKind) {
        self.failure = Some(failure);
        self.pause = TRANSACTIONS_PER_PAUSE;
    }

    /// Returns why it failed when it was last tried, if it did.
    pub(super) const fn failure(&self) -> Option<SqliteStoreErrorKind> {
        self.failure
    }

    /// Returns free pages to the file system while an eighth of the file is free.
    fn shrink(&mut self, open: &Open) -> Result<(), SqliteStoreError> {
        let connection = open.connection();
        self.transactions = self.transactions.wrapping_add(1);
        if self.transactions.is_multiple_of(TRANSACTIONS_PER_LOOK) {
            let free = pragma(connection, "pragma freelist_count")?;
            let pages = pragma(connection, "pragma page_count")?;
            let was_shrinking = self.is_shrinking;
            self.is_shrinking = free > FREE_PAGES_KEPT && free > pages / 8;
            if was_shrinking && !self.is_shrinking {
                open.shrink_file();
            }
        }
        if self.is_shrinking {
            let mut statement = connection
                .prepare_cached("pragma incremental_vacuum(32)")
                .map_err(SqliteStoreError::of)?;
            let mut rows = statement.query([]).map_err(SqliteStoreError::of)?;
            while rows.next().map_err(SqliteStoreError::of)?.is_some() {}
        }
        Ok(())
    }
}

fn pragma(connection: &Connection, pragma: &str) -> Result<i64, SqliteStoreError> {
    connection
        .prepare_cached(pragma)
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(SqliteStoreError::of)
}

fn sweep_sessions(
    connection: &Connection,
    position: &mut Position<2>,
    rows: u32,
    now: Timestamp,
) -> Result<(), SqliteStoreError> {
    let Some(rows) = position.rows(rows) else {
        return Ok(());
    };
    let mut statement = connection
        .prepare_cached(
            "select subject, sid, deadline from session where (subject, sid) > (?1, ?2)
             order by subject, sid limit ?3",
        )
        .map_err(SqliteStoreError::of)?;
    let [subject, sid] = &position.after;
    let seen = statement
        .query_map(params![subject, sid, rows], |row| {
            Ok(([row.get(0)?, row.get(1)?], timestamp(row, 2)?))
        })
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(SqliteStoreError::of)?;
    for [subject, sid] in position.expired(seen, rows, now) {
        connection
            .prepare_cached("delete from session where subject = ?1 and sid = ?2")
            .and_then(|mut statement| statement.execute([subject, sid]))
            .map_err(SqliteStoreError::of)?;
    }
    Ok(())
}

fn sweep_one_time_ids(
    connection: &Connection,
    position: &mut Position<1>,
    rows: u32,
    now: Timestamp,
) -> Result<(), SqliteStoreError> {
    let Some(rows) = position.rows(rows) else {
        return Ok(());
    };
    let mut statement = connection
        .prepare_cached("select id, expires_at from one_time_id where id > ?1 order by id limit ?2")
        .map_err(SqliteStoreError::of)?;
    let [id] = &position.after;
    let seen = statement
        .query_map(params![id, rows], |row| {
            Ok(([row.get(0)?], timestamp(row, 1)?))
        })
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(SqliteStoreError::of)?;
    for [id] in position.expired(seen, rows, now) {
        connection
            .prepare_cached("delete from one_time_id where id = ?1")
            .and_then(|mut statement| statement.execute([id]))
            .map_err(SqliteStoreError::of)?;
    }
    Ok(())
}

impl<const COLUMNS: usize> Position<COLUMNS> {
    /// Returns how many rows to look at, if any.
    fn rows(&self, rows: u32) -> Option<u32> {
        (rows > 0).then_some(if self.is_rich { RICH_ROWS } else { rows })
    }

    /// Moves on behind the rows that were seen, of `rows` that were asked for, and returns the keys
    /// of those that have expired.
    fn expired(
        &mut self,
        seen: Vec<([Vec<u8>; COLUMNS], Option<Timestamp>)>,
        rows: u32,
        now: Timestamp,
    ) -> Vec<[Vec<u8>; COLUMNS]> {
        let count = seen.len();
        self.after = match seen.last() {
            Some((key, _)) if count >= rows as usize => key.clone(),
            _ => first(),
        };
        let expired: Vec<_> = seen
            .into_iter()
            .filter(|(_, deadline)| deadline.is_some_and(|deadline| deadline <= now))
            .map(|(key, _)| key)
            .collect();
        self.is_rich = expired.len() * 4 > count;
        expired
    }
}

impl<const COLUMNS: usize> Default for Position<COLUMNS> {
    fn default() -> Self {
        Self {
            after: first(),
            is_rich: false,
        }
    }
}

/// A key before all others.
fn first<const COLUMNS: usize>() -> [Vec<u8>; COLUMNS] {
    std::array::from_fn(|_| Vec::new())
}

/// Takes a millisecond or two.
const RICH_ROWS: u32 = 512;
const TRANSACTIONS_PER_LOOK: u32 = 64;
const TRANSACTIONS_PER_PAUSE: u32 = 1_000;
/// Not worth the work: a quarter of a megabyte.
const FREE_PAGES_KEPT: i64 = 64;
