use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::checkpointer::{BYTES_KEPT, Checkpointer};
use super::file_id::FileId;
use super::process_lock::ProcessLock;
use super::schema;
use crate::durability::Durability;
use crate::error::{SqliteStoreError, SqliteStoreErrorKind};

/// A file that is open.
pub(crate) struct Open {
    connection: Connection,
    path: PathBuf,
    id: FileId,
    durability: Durability,
    checkpointer: Checkpointer,
    process_lock: ProcessLock,
    sweep_failure: Option<SqliteStoreErrorKind>,
}

impl Open {
    /// Opens a file, and creates it if there is none.
    pub(super) fn create(path: &Path, busy_timeout: Duration) -> Result<Self, SqliteStoreError> {
        match create_file(path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                let kind = match error.kind() {
                    ErrorKind::ReadOnlyFilesystem => SqliteStoreErrorKind::ReadOnly,
                    ErrorKind::StorageFull => SqliteStoreErrorKind::DiskFull,
                    _ => SqliteStoreErrorKind::CannotOpen,
                };
                Err(SqliteStoreError::new(kind).with_source(error))
            }
            _ => Self::existing(path, busy_timeout),
        }
    }

    /// Opens a file that exists. One that is no database of this crate is left as it is.
    pub(super) fn existing(path: &Path, busy_timeout: Duration) -> Result<Self, SqliteStoreError> {
        let id = FileId::of(path).map_err(|error| {
            SqliteStoreError::new(match error.kind() {
                ErrorKind::NotFound => SqliteStoreErrorKind::FileMissing,
                _ => SqliteStoreErrorKind::CannotOpen,
            })
            .with_source(error)
        })?;
        let mut connection = connect(path, busy_timeout)?;
        let is_empty = schema::check_version(&connection)?;
        // SQLite opens a file that it may not write to for reading.
        if connection
            .is_readonly(rusqlite::MAIN_DB)
            .map_err(SqliteStoreError::of)?
        {
            return Err(SqliteStoreError::new(SqliteStoreErrorKind::ReadOnly));
        }
        if is_empty {
            // Before anything is in the file: later they have no effect.
            set(&connection, "page_size", "4096")?;
            set(&connection, "auto_vacuum", "incremental")?;
        }
        set(&connection, "journal_mode", "wal")?;
        set(&connection, "synchronous", "full")?;
        set(&connection, "journal_size_limit", BYTES_KEPT)?;
        set(&connection, "cache_size", "-16384")?;
        set(&connection, "temp_store", "memory")?;
        set(&connection, "trusted_schema", "off")?;
        if is_empty {
            schema::create(&mut connection)?;
        }
        connection.set_prepared_statement_cache_capacity(64);
        let checkpointer = Checkpointer::start(&mut connection, connect(path, busy_timeout)?)?;
        Ok(Self {
            connection,
            path: path.to_owned(),
            id,
            durability: Durability::Synchronous,
            checkpointer,
            process_lock: ProcessLock::new(path),
            sweep_failure: None,
        })
    }

    pub(crate) const fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Lets the file follow a database that has become smaller, soon after the transaction.
    pub(crate) fn shrink_file(&self) {
        self.checkpointer.shrink();
    }

    /// Returns whether another process has the database open, and came first.
    pub(crate) fn is_second_process(&self) -> bool {
        self.process_lock.is_held().is_ok_and(|is_held| !is_held)
    }

    /// Notes why the removal of what has expired failed, for readiness.
    pub(crate) const fn set_sweep_failure(&mut self, failure: Option<SqliteStoreErrorKind>) {
        self.sweep_failure = failure;
    }

    /// Returns why the removal of what has expired failed when it was last tried, if it did.
    pub(crate) const fn sweep_failure(&self) -> Option<SqliteStoreErrorKind> {
        self.sweep_failure
    }

    /// Returns whether the path still leads to this file.
    pub(super) fn is_at_its_path(&self) -> bool {
        FileId::of(&self.path).is_ok_and(|id| id == self.id)
    }

    /// Begins a transaction that writes: takes the lock that processes share.
    pub(crate) fn begin_write(&mut self, durability: Durability) -> Result<(), SqliteStoreError> {
        self.checkpointer.finish(&self.connection)?;
        if durability != self.durability {
            let synchronous = match durability {
                Durability::Relaxed => "normal",
                Durability::Synchronous => "full",
            };
            set(&self.connection, "synchronous", synchronous)?;
            self.durability = durability;
        }
        self.run("begin immediate")
    }

    /// Begins a transaction that only reads.
    pub(crate) fn begin_read(&self) -> Result<(), SqliteStoreError> {
        self.run("begin")
    }

    /// Commits. Succeeds only if what was written is in the file that the path leads to.
    pub(crate) fn commit(&self) -> Result<(), SqliteStoreError> {
        self.run("commit")?;
        if self.is_at_its_path() {
            Ok(())
        } else {
            Err(SqliteStoreError::new(SqliteStoreErrorKind::FileMissing))
        }
    }

    fn run(&self, sql: &str) -> Result<(), SqliteStoreError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]))
            .map(|_| ())
            .map_err(SqliteStoreError::of)
    }
}

impl fmt::Debug for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Open")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Creates an empty file that only its owner can read.
fn create_file(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    // Else a power failure could take the file out of its directory.
    match path.parent() {
        Some(directory) if cfg!(unix) => File::open(directory)?.sync_all(),
        _ => Ok(()),
    }
}

fn connect(path: &Path, busy_timeout: Duration) -> Result<Connection, SqliteStoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(SqliteStoreError::of)?;
    connection
        .busy_timeout(busy_timeout)
        .map_err(SqliteStoreError::of)?;
    Ok(connection)
}

fn set(connection: &Connection, pragma: &str, value: &str) -> Result<(), SqliteStoreError> {
    connection
        .pragma_update_and_check(None, pragma, value, |_| Ok(()))
        .or_else(|error| match error {
            // Most of them return nothing.
            rusqlite::Error::QueryReturnedNoRows => Ok(()),
            error => Err(SqliteStoreError::of(error)),
        })
}
