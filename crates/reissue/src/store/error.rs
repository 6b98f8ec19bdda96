//! Errors of a store, for operators. Clients only see `503`.

use std::error::Error;
use std::fmt;

/// The error of a store: an operation failed, or its outcome is unknown.
///
/// The response is `503` with `temporarily_unavailable`, and the client keeps its token.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kind of a store error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The store returned invalid data: a record of another version, or a malformed reply.
    Corrupt,
    /// The store did not respond in time; the operation may or may not have taken effect.
    Timeout,
    /// The store could not be reached, or cannot serve.
    Unavailable,
}

impl StoreError {
    /// Returns an error of this kind without a cause.
    #[must_use]
    pub const fn new(kind: StoreErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// Adds the cause. The cause must contain no secret, because it is logged.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..self
        }
    }

    /// Returns the kind of error.
    #[must_use]
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            StoreErrorKind::Corrupt => "the session store returned unreadable data",
            StoreErrorKind::Timeout => "the session store did not respond in time",
            StoreErrorKind::Unavailable => "the session store is unavailable",
        })
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
