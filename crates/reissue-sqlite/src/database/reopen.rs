use std::path::PathBuf;
use std::time::Duration;

use super::open::Open;
use crate::error::{SqliteStoreError, SqliteStoreErrorKind};

/// The database at a path, whatever happens to the file there.
#[derive(Debug)]
pub(crate) struct Database {
    path: PathBuf,
    busy_timeout: Duration,
    open: Option<Open>,
}

impl Database {
    /// Opens the database, and creates it if there is no file.
    pub(crate) fn open(path: PathBuf, busy_timeout: Duration) -> Result<Self, SqliteStoreError> {
        let path = std::path::absolute(path).map_err(|error| {
            SqliteStoreError::new(SqliteStoreErrorKind::CannotOpen).with_source(error)
        })?;
        let open = Open::create(&path, busy_timeout)?;
        Ok(Self {
            path,
            busy_timeout,
            open: Some(open),
        })
    }

    /// Returns the open file. Opens it again after an error, and after it was replaced, by a backup
    /// for example. Creates none: an empty database would log everyone out.
    pub(crate) fn open_file(&mut self) -> Result<&mut Open, SqliteStoreError> {
        let open = match self.open.take() {
            Some(open) if open.is_at_its_path() => open,
            _ => Open::existing(&self.path, self.busy_timeout)?,
        };
        Ok(self.open.insert(open))
    }

    /// Closes the file, and undoes a transaction that is open.
    pub(crate) fn close(&mut self) {
        self.open = None;
    }
}
