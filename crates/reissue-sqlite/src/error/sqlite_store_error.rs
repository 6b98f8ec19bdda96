use std::error::Error;
use std::fmt;
use std::sync::Arc;

use reissue::store::{StoreError, StoreErrorKind};

use super::classify::classify;
use super::kind::SqliteStoreErrorKind;

/// The reason why the database did not do what the store needed: the source of every [`StoreError`]
/// of this crate.
///
/// Neither the message nor the sources contain the content of a session.
///
/// ```
/// use reissue::store::StoreError;
/// use reissue_sqlite::{SqliteStoreError, SqliteStoreErrorKind};
///
/// fn is_disk_full(error: &StoreError) -> bool {
///     std::error::Error::source(error)
///         .and_then(|source| source.downcast_ref::<SqliteStoreError>())
///         .is_some_and(|error| error.kind() == SqliteStoreErrorKind::DiskFull)
/// }
/// # use reissue::store::StoreErrorKind;
/// # assert!(!is_disk_full(&StoreError::new(StoreErrorKind::Unavailable)));
/// ```
#[derive(Clone, Debug)]
pub struct SqliteStoreError {
    kind: SqliteStoreErrorKind,
    detail: Option<Arc<str>>,
    /// Shared: all operations of a transaction fail with it.
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl SqliteStoreError {
    /// Returns the kind of the error.
    #[must_use]
    pub const fn kind(&self) -> SqliteStoreErrorKind {
        self.kind
    }

    pub(crate) const fn new(kind: SqliteStoreErrorKind) -> Self {
        Self {
            kind,
            detail: None,
            source: None,
        }
    }

    /// Creates an error from one of the driver.
    ///
    /// Not an implementation of `From`, which would make the driver a part of the public API.
    pub(crate) fn of(error: rusqlite::Error) -> Self {
        Self::new(classify(&error)).with_source(error)
    }

    /// Adds what was found, for the message.
    pub(crate) fn with_detail(self, detail: impl Into<Arc<str>>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..self
        }
    }

    pub(crate) fn with_source(self, source: impl Error + Send + Sync + 'static) -> Self {
        Self {
            source: Some(Arc::new(source)),
            ..self
        }
    }
}

impl From<SqliteStoreError> for StoreError {
    fn from(error: SqliteStoreError) -> Self {
        StoreError::new(match error.kind {
            SqliteStoreErrorKind::Corrupt
            | SqliteStoreErrorKind::NewerVersion
            | SqliteStoreErrorKind::NotADatabase
            | SqliteStoreErrorKind::OtherDatabase
            | SqliteStoreErrorKind::UnreadableRecord => StoreErrorKind::Corrupt,
            SqliteStoreErrorKind::Timeout => StoreErrorKind::Timeout,
            _ => StoreErrorKind::Unavailable,
        })
        .with_source(error)
    }
}

impl fmt::Display for SqliteStoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.message())?;
        match &self.detail {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

impl Error for SqliteStoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
