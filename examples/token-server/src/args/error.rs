use std::ffi::OsString;

use crate::config::UnknownStore;

/// A command line that cannot be understood. The exit code for it is 2.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArgsError {
    #[error("--restart-within: expected a duration such as 30m or 24h; found {found:?}")]
    Duration { found: OsString },
    #[error("--listen: expected an IP address and port such as 127.0.0.1:8080; found {found:?}")]
    Listen { found: OsString },
    #[error("missing {0}")]
    Missing(&'static str),
    #[error("{option}: {cause}")]
    Store {
        option: &'static str,
        cause: UnknownStore,
    },
    #[error("unknown command {0:?}; expected backup, check, copy, hash-secret or keys")]
    UnknownCommand(String),
    #[error("--alg: expected EdDSA, ES256 or RS256; found {found:?}")]
    UnknownAlgorithm { found: OsString },
    #[error("keys: expected {expected}; found {found:?}")]
    UnknownKeys {
        expected: &'static str,
        found: String,
    },
    #[error("a secret is never an argument: write it to the standard input")]
    SecretArgument,
    #[error("{0}")]
    Contradiction(&'static str),
    #[error(transparent)]
    Usage(#[from] lexopt::Error),
}
