/// The kind of error that a database in a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SqliteStoreErrorKind {
    /// The file, or its directory, cannot be opened: it is missing, or access is denied.
    CannotOpen,
    /// The database is damaged.
    Corrupt,
    /// The disk, or the quota of the user, is full.
    DiskFull,
    /// Another error that SQLite reports.
    Failed,
    /// The file was removed or replaced while it was in use. Operations succeed again once a
    /// database is at its path.
    FileMissing,
    /// The operating system reports an error of the disk.
    Io,
    /// Another process held the lock of the database for too long.
    Locked,
    /// The database is of a newer version of this crate.
    NewerVersion,
    /// The file is no SQLite database.
    NotADatabase,
    /// The file is a database of another application.
    OtherDatabase,
    /// As many operations wait as may wait.
    Overloaded,
    /// The file, or its directory, is not writable.
    ReadOnly,
    /// A setting of the builder cannot be used.
    Setting,
    /// The thread of the store has ended, or cannot be started.
    Stopped,
    /// The operation took longer than the response time-out. It may have taken effect.
    Timeout,
    /// A row is none that this version writes.
    UnreadableRecord,
}

impl SqliteStoreErrorKind {
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::CannotOpen => "the database file cannot be opened",
            Self::Corrupt => "the database is damaged",
            Self::DiskFull => "the disk of the database is full",
            Self::Failed => "sqlite reported an error",
            Self::FileMissing => "the database file was removed or replaced",
            Self::Io => "the disk of the database failed",
            Self::Locked => "another process locks the database",
            Self::NewerVersion => "the database is of a newer version",
            Self::NotADatabase => "the file is no sqlite database",
            Self::OtherDatabase => "the file is a database of another application",
            Self::Overloaded => "too many operations wait for the database",
            Self::ReadOnly => "the database file is not writable",
            Self::Setting => "a setting cannot be used",
            Self::Stopped => "the thread of the database has ended",
            Self::Timeout => "the database did not respond in time",
            Self::UnreadableRecord => "the database holds a row that is no record",
        }
    }
}
