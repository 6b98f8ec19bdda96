use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use lexopt::prelude::ValueExt as _;

use super::error::ArgsError;
use crate::config::{Config, ConfigError, StoreUrl};

/// How to start the server: what is given here wins over the file.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) config: Option<PathBuf>,
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) store: Option<StoreUrl>,
    pub(crate) data: Option<PathBuf>,
}

impl Options {
    /// Returns the configuration of the file, or the demo's, with these options over it.
    pub(crate) fn load(&self) -> Result<Config, ConfigError> {
        let mut config = match &self.config {
            Some(file) => Config::load(file)?,
            None => Config::demo()?,
        };
        config.listen = self.listen.unwrap_or(config.listen);
        config.store = self.store.clone().or(config.store);
        config.data = self.data.clone().or(config.data);
        Ok(config)
    }
}

pub(super) fn listen(value: OsString) -> Result<SocketAddr, ArgsError> {
    let address = value.to_str().and_then(|text| text.parse().ok());
    address.ok_or(ArgsError::Listen { found: value })
}

pub(super) fn store(value: OsString) -> Result<StoreUrl, ArgsError> {
    let text = value.string()?;
    text.parse().map_err(|cause| ArgsError::Store {
        option: "--store",
        cause,
    })
}
