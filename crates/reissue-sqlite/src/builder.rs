use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use reissue::{Clock, SystemClock};

use crate::database::Database;
use crate::durability::Durability;
use crate::error::{SqliteStoreError, SqliteStoreErrorKind};
use crate::store::SqliteStore;
use crate::writer::Writer;

/// A builder of a [`SqliteStore`], created by [`SqliteStore::builder`].
///
/// ```
/// use reissue_sqlite::SqliteStore;
///
/// # let directory = std::env::temp_dir().join(format!("reissue-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory).unwrap();
/// # let file = directory.join("sessions.db");
/// let store = SqliteStore::builder(file)
///     .with_relaxed_refreshes()
///     .build();
/// # assert!(store.is_ok());
/// # std::fs::remove_dir_all(directory).unwrap();
/// ```
#[derive(Clone)]
#[must_use]
pub struct SqliteStoreBuilder {
    path: PathBuf,
    clock: Arc<dyn Clock>,
    response_timeout: Duration,
    advance_durability: Durability,
    concurrency: usize,
}

impl SqliteStore {
    /// Opens the database in a file, with the defaults of [`builder`](Self::builder). Creates it if
    /// there is none.
    ///
    /// # Errors
    ///
    /// As [`SqliteStoreBuilder::build`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SqliteStoreError> {
        Self::builder(path).build()
    }

    /// Returns a builder of a store whose database is the file at `path`.
    pub fn builder(path: impl AsRef<Path>) -> SqliteStoreBuilder {
        SqliteStoreBuilder {
            path: path.as_ref().to_owned(),
            clock: Arc::new(SystemClock),
            response_timeout: Duration::from_millis(500),
            advance_durability: Durability::default(),
            concurrency: 1_024,
        }
    }
}

impl SqliteStoreBuilder {
    /// Lets a refresh succeed before it is on the disk. Default: once it is there.
    ///
    /// A refresh then does not wait for the disk; an operation that does makes the refreshes before
    /// it durable, too. A power failure, or a crash of the operating system, may undo the refreshes
    /// of the last moments. No user is logged out: a client that presents a newer token than
    /// the database knows moves the session forward, up to eight generations. Until then, a token
    /// that was superseded in those moments may pass once.
    ///
    /// Logins, changes of details, revocations and single-use ids always wait for the disk.
    pub fn with_relaxed_refreshes(mut self) -> Self {
        self.advance_durability = Durability::Relaxed;
        self
    }

    /// Sets how long one operation may take, including its wait for others. Default: 500 ms.
    ///
    /// An operation that takes longer fails, and clients get `503`. Half of it is the longest wait
    /// for another process that writes to the same file.
    pub fn with_response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// Sets how many operations may wait at once. Default: 1,024. One more fails at once, and its
    /// client gets `503`.
    pub fn with_concurrency(mut self, operations: usize) -> Self {
        self.concurrency = operations;
        self
    }

    /// Sets the clock that decides about ages and deadlines. Default: the operating system's.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Opens the database, and starts the threads of the store. Creates the file if there is none,
    /// readable and writable by its owner only; the directory must exist.
    ///
    /// Blocks the calling thread while it reads the file. A file that cannot be used is not
    /// changed.
    ///
    /// # Errors
    ///
    /// The [kind](SqliteStoreError::kind) tells what is wrong with the file:
    /// [`NotADatabase`](SqliteStoreErrorKind::NotADatabase),
    /// [`OtherDatabase`](SqliteStoreErrorKind::OtherDatabase),
    /// [`NewerVersion`](SqliteStoreErrorKind::NewerVersion),
    /// [`CannotOpen`](SqliteStoreErrorKind::CannotOpen),
    /// [`ReadOnly`](SqliteStoreErrorKind::ReadOnly), or another one of SQLite. A time-out or a
    /// count that cannot be used is [`Setting`](SqliteStoreErrorKind::Setting).
    pub fn build(self) -> Result<SqliteStore, SqliteStoreError> {
        let setting = |text| SqliteStoreError::new(SqliteStoreErrorKind::Setting).with_detail(text);
        if self.response_timeout < MIN_TIMEOUT || self.response_timeout > MAX_TIMEOUT {
            return Err(setting(
                "response timeout: expected from 10 milliseconds to a minute",
            ));
        }
        if self.concurrency == 0 {
            return Err(setting("concurrency: expected at least one"));
        }
        let database = Database::open(self.path, self.response_timeout / 2)?;
        let writer = Writer::start(database, self.clock, self.concurrency)?;
        Ok(SqliteStore::new(
            writer,
            self.response_timeout,
            self.advance_durability,
        ))
    }
}

impl fmt::Debug for SqliteStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStoreBuilder")
            .field("path", &self.path)
            .field("response_timeout", &self.response_timeout)
            .field("advance_durability", &self.advance_durability)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

const MIN_TIMEOUT: Duration = Duration::from_millis(10);
const MAX_TIMEOUT: Duration = Duration::from_secs(60);
