use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread};

use rusqlite::Connection;

use crate::error::{SqliteStoreError, SqliteStoreErrorKind};

/// Moves the log into the database, on a thread of its own, while the writer goes on.
///
/// That alone would never begin the log anew: there is always a little left. So when the log is
/// long, the writer moves what is left itself.
#[derive(Debug)]
pub(super) struct Checkpointer {
    state: Arc<State>,
    thread: Thread,
}

#[derive(Debug, Default)]
struct State {
    is_due: AtomicBool,
    is_long: AtomicBool,
    is_stopped: AtomicBool,
}

impl Checkpointer {
    /// Starts the thread, on a connection of its own, and follows how long the log of `writer`
    /// gets.
    pub(super) fn start(
        writer: &mut Connection,
        connection: Connection,
    ) -> Result<Self, SqliteStoreError> {
        let state = Arc::new(State::default());
        let thread = thread::Builder::new()
            .name("reissue-sqlite-log".to_owned())
            .spawn({
                let state = Arc::clone(&state);
                move || serve(&connection, &state)
            })
            .map_err(|error| {
                SqliteStoreError::new(SqliteStoreErrorKind::Stopped).with_source(error)
            })?
            .thread()
            .clone();
        let checkpointer = Self {
            state: Arc::clone(&state),
            thread: thread.clone(),
        };
        // Replaces the checkpoints that SQLite makes within a commit.
        let mut next = PAGES_PER_CHECKPOINT;
        writer
            .wal_hook(Some(move |_: &mut _, pages| {
                // A log that was begun anew.
                next = next.min(pages + PAGES_PER_CHECKPOINT);
                if pages >= next {
                    next = pages + PAGES_PER_CHECKPOINT;
                    state.is_due.store(true, Ordering::Release);
                    thread.unpark();
                }
                Ok(())
            }))
            .map_err(SqliteStoreError::of)?;
        Ok(checkpointer)
    }

    /// Moves what is left of a log that is long. Called by the writer, between transactions.
    pub(super) fn finish(&self, writer: &Connection) -> Result<(), SqliteStoreError> {
        if self.state.is_long.swap(false, Ordering::AcqRel) {
            checkpoint(writer).map_err(SqliteStoreError::of)?;
        }
        Ok(())
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.state.is_stopped.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

fn serve(connection: &Connection, state: &State) {
    while !state.is_stopped.load(Ordering::Acquire) {
        if state.is_due.swap(false, Ordering::AcqRel) {
            // After an error the log stays as it is, and is moved another time.
            if let Ok(pages) = checkpoint(connection)
                && pages >= PAGES_OF_A_LONG_LOG
            {
                state.is_long.store(true, Ordering::Release);
            }
        } else {
            thread::park();
        }
    }
}

/// Moves what can be moved without waiting for anybody, and returns how many pages the log has.
fn checkpoint(connection: &Connection) -> rusqlite::Result<i32> {
    connection
        .prepare_cached("pragma wal_checkpoint(passive)")?
        .query_row([], |row| row.get(1))
}

/// Four megabytes.
const PAGES_PER_CHECKPOINT: i32 = 1_000;
/// Forty megabytes. Moving the rest takes some milliseconds, for which everybody waits: with a
/// shorter log, more than one operation of a hundred would meet it.
const PAGES_OF_A_LONG_LOG: i32 = 10_000;
