//! The command line.

mod backup;
mod command;
mod copy;
mod error;
mod help;
mod keys;
mod secret;
mod serve;

pub(crate) use self::backup::BackupOptions;
pub(crate) use self::command::{CheckOptions, Command};
pub(crate) use self::copy::CopyOptions;
pub(crate) use self::keys::{GenerateOptions, KeyKind, KeysCommand, RotateOptions};
pub(crate) use self::secret::{HashOptions, Holder};
pub(crate) use self::serve::Options;

/// What `--version` prints.
pub(crate) const VERSION: &str = concat!("token-server ", env!("CARGO_PKG_VERSION"), "\n");

#[cfg(test)]
mod tests;
