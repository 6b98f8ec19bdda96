//! Errors in a configuration that is well-formed.

use std::io;
use std::path::PathBuf;

use reissue::ConfigError;
use reissue::key::KeyError;

/// A configuration that cannot be served. Names the key; contains no secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetupError {
    /// A client that must not be served under its policy.
    #[error("{path}: clients[{index}] cannot be served")]
    Client {
        path: String,
        index: usize,
        #[source]
        cause: ConfigError,
    },
    /// Clients that cannot be served together.
    #[error("clients: cannot be served together")]
    Clients(#[source] ConfigError),
    /// A database that cannot be used.
    #[error("store: cannot use {}", file.display())]
    Database {
        file: PathBuf,
        #[source]
        cause: reissue_sqlite::SqliteStoreError,
    },
    /// A key that cannot be used.
    #[error("{path}: the key cannot be used")]
    Key {
        path: String,
        #[source]
        cause: KeyError,
    },
    /// A key file that cannot be read.
    #[error("{path}: cannot read {}", file.display())]
    KeyFile {
        path: String,
        file: PathBuf,
        #[source]
        cause: io::Error,
    },
    /// An error about the server as a whole.
    #[error("the server cannot be built")]
    Server(#[source] ConfigError),
    /// A store that cannot be used.
    #[error("store: cannot be used")]
    Store(#[source] ConfigError),
    /// An environment variable that cannot be read.
    #[error("{path}: the environment variable {name} {problem}")]
    Variable {
        path: String,
        name: String,
        problem: &'static str,
    },
    /// A value that is well-formed and still not usable.
    #[error("{path}: expected {expected}")]
    Value { path: String, expected: String },
}
