//! The command line.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use lexopt::prelude::{Long, Short, ValueExt as _};

use crate::config::{Config, ConfigError, StoreUrl, UnknownStore};

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Command {
    /// Print [`HELP`].
    Help,
    /// Start the server.
    Serve(Options),
    /// Print [`VERSION`].
    Version,
}

impl Command {
    /// Reads the arguments after the program's name. Of an option given twice, the last one counts.
    pub(crate) fn parse<I>(args: I) -> Result<Self, ArgsError>
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        let mut parser = lexopt::Parser::from_args(args);
        let mut options = Options::default();
        while let Some(arg) = parser.next()? {
            match arg {
                Short('c') | Long("config") => options.config = Some(parser.value()?.into()),
                Short('l') | Long("listen") => options.listen = Some(listen(parser.value()?)?),
                Short('s') | Long("store") => options.store = Some(store(parser.value()?)?),
                Short('h') | Long("help") => return Ok(Self::Help),
                Short('V') | Long("version") => return Ok(Self::Version),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Self::Serve(options))
    }
}

/// How to start the server: what is given here wins over the file.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) config: Option<PathBuf>,
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) store: Option<StoreUrl>,
}

impl Options {
    /// The configuration of the file, or the demo's, with these options over it.
    pub(crate) fn load(&self) -> Result<Config, ConfigError> {
        let mut config = match &self.config {
            Some(file) => Config::load(file)?,
            None => Config::demo()?,
        };
        config.listen = self.listen.unwrap_or(config.listen);
        if let Some(store) = &self.store {
            config.store = store.clone();
        }
        Ok(config)
    }
}

/// A command line that cannot be understood. The exit code for it is 2.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArgsError {
    #[error("--listen: expected an IP address and port such as 127.0.0.1:8080; found {found:?}")]
    Listen { found: OsString },
    #[error("--store: {0}")]
    Store(UnknownStore),
    #[error(transparent)]
    Usage(#[from] lexopt::Error),
}

fn listen(value: OsString) -> Result<SocketAddr, ArgsError> {
    let address = value.to_str().and_then(|text| text.parse().ok());
    address.ok_or(ArgsError::Listen { found: value })
}

fn store(value: OsString) -> Result<StoreUrl, ArgsError> {
    value.string()?.parse().map_err(ArgsError::Store)
}

/// What `--help` prints.
pub(crate) const HELP: &str = "\
An OAuth 2.0 token server whose refresh tokens rotate.

Usage: token-server [OPTIONS]

Options:
  -c, --config FILE  The configuration, in TOML [default: a demo with clients and users]
  -l, --listen ADDR  IP address and port, over the file's [default: 127.0.0.1:8080];
                     port 0 takes a free one
  -s, --store URL    Where sessions are kept, over the file's [default: memory:]:
                     redis://host:port, redis-sentinel://host:port,host:port/master,
                     redis-cluster://host:port,host:port; with TLS rediss:// and so on
  -h, --help         Print this and exit
  -V, --version      Print the version and exit

Environment:
  RUST_LOG           Which log lines go to stderr, such as \"debug\" or \"reissue=trace\"
                     [default: info]
  REDIS_USERNAME, REDIS_PASSWORD
                     The user at Redis, where the URL names none

Exit codes:
  0 after a clean stop, 1 if the server cannot start or run, 2 for a wrong command line
";

/// What `--version` prints.
pub(crate) const VERSION: &str = concat!("token-server ", env!("CARGO_PKG_VERSION"), "\n");

#[cfg(test)]
mod tests;
