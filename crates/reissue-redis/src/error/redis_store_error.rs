use std::error::Error;
use std::fmt;

use redis::RedisError;
use reissue::store::{StoreError, StoreErrorKind};

use super::classify::classify;
use super::kind::RedisStoreErrorKind;

/// The reason why Redis did not do what the store needed: the source of every [`StoreError`] of
/// this crate.
///
/// Neither the message nor the sources contain a password or the content of a session.
///
/// ```
/// use reissue::store::StoreError;
/// use reissue_redis::{RedisStoreError, RedisStoreErrorKind};
///
/// fn is_out_of_memory(error: &StoreError) -> bool {
///     std::error::Error::source(error)
///         .and_then(|source| source.downcast_ref::<RedisStoreError>())
///         .is_some_and(|error| error.kind() == RedisStoreErrorKind::Oom)
/// }
/// # use reissue::store::StoreErrorKind;
/// # assert!(!is_out_of_memory(&StoreError::new(StoreErrorKind::Unavailable)));
/// ```
#[derive(Clone, Debug)]
pub struct RedisStoreError {
    kind: RedisStoreErrorKind,
    source: Option<RedisError>,
}

impl RedisStoreError {
    /// Returns the kind of the error.
    #[must_use]
    pub const fn kind(&self) -> RedisStoreErrorKind {
        self.kind
    }

    pub(crate) const fn new(kind: RedisStoreErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// Creates an error from one of a command.
    ///
    /// Not an implementation of `From`, which would make the driver a part of the public API.
    pub(crate) fn of_command(error: RedisError) -> Self {
        Self {
            kind: classify(&error),
            source: Some(error),
        }
    }

    /// Creates an error from one that occurred while connecting.
    ///
    /// It keeps the source only if that is an error of the network: a server, or another program at
    /// that address, repeats what it did not understand, which may be the password.
    pub(crate) fn while_connecting(error: RedisError) -> Self {
        Self {
            kind: classify(&error),
            source: error.is_io_error().then_some(error),
        }
    }
}

impl From<RedisStoreError> for StoreError {
    fn from(error: RedisStoreError) -> Self {
        StoreError::new(match error.kind {
            RedisStoreErrorKind::FutureRecord
            | RedisStoreErrorKind::MismatchedReply
            | RedisStoreErrorKind::UnexpectedReply
            | RedisStoreErrorKind::UnreadableRecord => StoreErrorKind::Corrupt,
            RedisStoreErrorKind::Timeout => StoreErrorKind::Timeout,
            _ => StoreErrorKind::Unavailable,
        })
        .with_source(error)
    }
}

impl fmt::Display for RedisStoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.message())
    }
}

impl Error for RedisStoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
