//! Why a copy was not made, or not to its end.

use std::time::Duration;

use super::CopyReport;
use crate::random::NoRandomness;
use crate::store::StoreError;

/// The error of [`copy`](super::copy).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// The clocks of the two stores differ too much. Nothing was copied.
    #[error(
        "the clocks of the two stores differ by {:.1} s; expected at most 2 s",
        difference.as_secs_f64()
    )]
    ClockSkew {
        /// By how much.
        difference: Duration,
    },
    /// The operating system gave no randomness, which is needed to tell the stores apart. Nothing
    /// was copied.
    #[error("the stores cannot be told apart")]
    NoRandomness(#[source] NoRandomness),
    /// The target has sessions, and the copy was not to update them. Nothing was copied.
    #[error("the target already has sessions")]
    NotEmpty,
    /// Both are the same store. Nothing was copied.
    #[error("source and target are the same store")]
    SameStore,
    /// The source failed. What was copied until then is valid.
    #[error("the source failed")]
    Source {
        /// What was copied until then.
        report: CopyReport,
        /// The failure.
        #[source]
        error: StoreError,
    },
    /// The target failed. What was copied until then is valid.
    #[error("the target failed")]
    Target {
        /// What was copied until then.
        report: CopyReport,
        /// The failure.
        #[source]
        error: StoreError,
    },
}
