//! Log lines on stderr, filtered by `RUST_LOG`.

use std::env::{self, VarError};
use std::ffi::OsString;
use std::io;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{ParseError, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

/// Starts to write log lines.
pub(crate) fn init() -> Result<(), LogError> {
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(io::stderr);
    tracing_subscriber::registry()
        .with(filter()?)
        .with(lines)
        .try_init()?;
    Ok(())
}

fn filter() -> Result<Targets, LogError> {
    match env::var("RUST_LOG") {
        Ok(directives) if !directives.is_empty() => Ok(directives.parse()?),
        Ok(_) | Err(VarError::NotPresent) => Ok(Targets::new().with_default(LevelFilter::INFO)),
        Err(VarError::NotUnicode(text)) => Err(LogError::NotUnicode(text)),
    }
}

/// Logging cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogError {
    #[error("RUST_LOG: expected directives such as \"debug\" or \"reissue=trace\"")]
    Directives(#[from] ParseError),
    #[error("RUST_LOG: expected text; found {0:?}")]
    NotUnicode(OsString),
    #[error("logging cannot start")]
    Start(#[from] TryInitError),
}
