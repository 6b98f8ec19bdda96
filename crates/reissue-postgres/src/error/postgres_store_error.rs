use std::error::Error;
use std::fmt;

use reissue::store::{StoreError, StoreErrorKind};

use super::cause::Cause;
use super::classify::classify;
use super::kind::PostgresStoreErrorKind;

/// The reason why Postgres did not do what the store needed: the source of every [`StoreError`] of
/// this crate.
///
/// Neither the message nor the source contains a password or the content of a session.
///
/// ```
/// use reissue::store::StoreError;
/// use reissue_postgres::{PostgresStoreError, PostgresStoreErrorKind};
///
/// fn is_disk_full(error: &StoreError) -> bool {
///     std::error::Error::source(error)
///         .and_then(|source| source.downcast_ref::<PostgresStoreError>())
///         .is_some_and(|error| error.kind() == PostgresStoreErrorKind::DiskFull)
/// }
/// # use reissue::store::StoreErrorKind;
/// # assert!(!is_disk_full(&StoreError::new(StoreErrorKind::Unavailable)));
/// ```
#[derive(Clone, Debug)]
pub struct PostgresStoreError {
    kind: PostgresStoreErrorKind,
    source: Option<Cause>,
}

impl PostgresStoreError {
    /// Returns the kind of the error.
    #[must_use]
    pub const fn kind(&self) -> PostgresStoreErrorKind {
        self.kind
    }

    pub(crate) const fn new(kind: PostgresStoreErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// Creates an error from one of the driver.
    ///
    /// Not an implementation of `From`, which would make the driver a part of the public API.
    pub(crate) fn of_driver(error: &tokio_postgres::Error) -> Self {
        Self {
            kind: classify(error),
            source: Cause::of(error),
        }
    }
}

impl From<PostgresStoreError> for StoreError {
    fn from(error: PostgresStoreError) -> Self {
        StoreError::new(match error.kind {
            PostgresStoreErrorKind::UnexpectedReply | PostgresStoreErrorKind::UnreadableRecord => {
                StoreErrorKind::Corrupt
            }
            PostgresStoreErrorKind::Timeout => StoreErrorKind::Timeout,
            _ => StoreErrorKind::Unavailable,
        })
        .with_source(error)
    }
}

impl fmt::Display for PostgresStoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.message())
    }
}

impl Error for PostgresStoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
