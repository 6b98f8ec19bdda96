//! Errors of a store, for operators. Clients see `503` and nothing of this.

use std::error::Error;
use std::fmt;

/// A store could not carry out an operation, or cannot say whether it did.
///
/// The response is `503` with `temporarily_unavailable`, and nothing is lost.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kind of error that a store has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// It returned something that it should never hold: a record of another version, a malformed
    /// reply.
    Corrupt,
    /// It did not respond in time; the operation may or may not have taken effect.
    Timeout,
    /// It could not be reached, or does not serve.
    Unavailable,
}

impl StoreError {
    /// Returns an error of that kind without a cause.
    #[must_use]
    pub const fn new(kind: StoreErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// Adds the cause. The cause must hold no secret: it reaches logs.
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
            StoreErrorKind::Corrupt => "the session store answered something unreadable",
            StoreErrorKind::Timeout => "the session store did not answer in time",
            StoreErrorKind::Unavailable => "the session store is unavailable",
        })
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
