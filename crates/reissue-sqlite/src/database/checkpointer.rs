use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread};

use rusqlite::Connection;

use crate::error::{SqliteStoreError, SqliteStoreErrorKind};

/// Moves the log into the database, on a thread of its own, while the writer goes on.
///
/// That alone would never begin the log anew, nor shorten the file: there is always a little left.
/// So when the log is long, or the file is to get shorter, the thread moves until little is left,
/// and the writer moves that itself.
#[derive(Debug)]
pub(super) struct Checkpointer {
    state: Arc<State>,
    thread: Thread,
}

#[derive(Debug, Default)]
struct State {
    is_due: AtomicBool,
    /// Whether the writer is to move what is left.
    is_to_finish: AtomicBool,
    /// Whether the file is to get shorter.
    is_to_shrink: AtomicBool,
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

    /// Lets the file get as short as the database is, which it does when nothing is left in the
    /// log.
    pub(super) fn shrink(&self) {
        self.state.is_to_shrink.store(true, Ordering::Release);
        self.state.is_due.store(true, Ordering::Release);
        self.thread.unpark();
    }

    /// Moves what the thread has left, if that is to be. Called by the writer, between
    /// transactions.
    pub(super) fn finish(&self, writer: &Connection) -> Result<(), SqliteStoreError> {
        if self.state.is_to_finish.swap(false, Ordering::AcqRel) {
            let log = checkpoint(writer).map_err(SqliteStoreError::of)?;
            if log.is_busy {
                self.state.is_to_finish.store(true, Ordering::Release);
            }
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
            if let Ok(log) = checkpoint(connection)
                && (log.pages >= PAGES_OF_A_LONG_LOG
                    || state.is_to_shrink.swap(false, Ordering::AcqRel))
            {
                move_all_but_a_little(connection, log);
                state.is_to_finish.store(true, Ordering::Release);
            }
        } else {
            thread::park();
        }
    }
}

/// Moves what was written while the last checkpoint ran, while that is much.
fn move_all_but_a_little(connection: &Connection, mut log: Log) {
    for _ in 0..CHECKPOINTS_OF_A_LONG_LOG {
        if log.pages - log.moved < PAGES_LEFT_TO_THE_WRITER {
            break;
        }
        match checkpoint(connection) {
            Ok(now) => log = now,
            Err(_) => break,
        }
    }
}

/// The log after a checkpoint.
#[derive(Clone, Copy, Debug)]
struct Log {
    /// Whether another connection was moving it, so that nothing was done.
    is_busy: bool,
    pages: i32,
    /// How many of its pages are in the database.
    moved: i32,
}

/// Moves what can be moved without waiting for anybody.
fn checkpoint(connection: &Connection) -> rusqlite::Result<Log> {
    connection
        .prepare_cached("pragma wal_checkpoint(passive)")?
        .query_row([], |row| {
            Ok(Log {
                is_busy: row.get(0)?,
                pages: row.get(1)?,
                moved: row.get(2)?,
            })
        })
}

/// What the file of the log keeps when the log begins anew: more than a long log, 64 megabytes. To
/// cut off what was just written takes ten milliseconds, for which everybody waits.
pub(super) const BYTES_KEPT: &str = "67108864";
/// Four megabytes.
const PAGES_PER_CHECKPOINT: i32 = 1_000;
/// Forty megabytes. While the rest is moved, everybody waits: with a shorter log, more than one
/// operation of a hundred would meet that.
const PAGES_OF_A_LONG_LOG: i32 = 10_000;
/// Takes a millisecond or two.
const PAGES_LEFT_TO_THE_WRITER: i32 = 100;
const CHECKPOINTS_OF_A_LONG_LOG: u32 = 4;
