use std::fs::{self, File};
use std::io;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::database::check_version;
use crate::error::{SqliteStoreError, SqliteStoreErrorKind};

/// Copies a database into a new file, as it is at one moment. The database may be in use, by this
/// process or another one, and stays so; the copy takes no more space than its content.
///
/// Blocks the calling thread until the copy is on the disk. The file appears at its path when it is
/// complete; only its owner can read it.
///
/// # Errors
///
/// There is a file at `copy` already, `database` is no database of this crate, or one of the two
/// cannot be read or written.
///
/// ```no_run
/// # fn example() -> Result<(), reissue_sqlite::SqliteStoreError> {
/// reissue_sqlite::backup("sessions.db", "/mnt/backup/sessions.db")?;
/// # Ok(()) }
/// ```
pub fn backup(database: impl AsRef<Path>, copy: impl AsRef<Path>) -> Result<(), SqliteStoreError> {
    let copy = copy.as_ref();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags).map_err(SqliteStoreError::of)?;
    if check_version(&connection)? {
        return Err(SqliteStoreError::new(SqliteStoreErrorKind::OtherDatabase));
    }
    if fs::symlink_metadata(copy).is_ok() {
        let exists = io::Error::from(io::ErrorKind::AlreadyExists);
        return Err(failed(exists));
    }
    let mut part = copy.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    create(part).map_err(failed)?;
    let copied = connection
        .execute("vacuum into ?1", [part.to_string_lossy()])
        .map_err(SqliteStoreError::of)
        .and_then(|_| finish(part, copy).map_err(failed));
    if copied.is_err() {
        // The error that is returned matters more.
        let _ = fs::remove_file(part);
    }
    copied
}

/// Creates the empty file that SQLite fills. What an earlier attempt, or another user of the
/// folder, has left at its path is removed and never written to: it may be a link to another file.
fn create(part: &Path) -> io::Result<()> {
    match fs::remove_file(part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(part).map(|_| ())
}

/// Gives the copy its name, once it is on the disk.
fn finish(part: &Path, copy: &Path) -> io::Result<()> {
    File::open(part)?.sync_all()?;
    fs::rename(part, copy)?;
    match copy.parent() {
        Some(directory) if cfg!(unix) && !directory.as_os_str().is_empty() => {
            File::open(directory)?.sync_all()
        }
        _ => Ok(()),
    }
}

fn failed(error: io::Error) -> SqliteStoreError {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull => SqliteStoreErrorKind::DiskFull,
        io::ErrorKind::ReadOnlyFilesystem => SqliteStoreErrorKind::ReadOnly,
        _ => SqliteStoreErrorKind::CannotOpen,
    };
    SqliteStoreError::new(kind).with_source(error)
}
