//! `store`: where sessions are kept.

use reissue::store::{BoxedStore, MemoryStore};
use reissue_sqlite::{Durability, SqliteStore};

use super::SetupError;
use super::redis;
use crate::config::{Config, Confirmed, StoreUrl};

/// Opens the store of a configuration. Connects to no server yet.
pub(crate) fn open(config: &Config) -> Result<BoxedStore, SetupError> {
    Ok(match &config.store {
        None | Some(StoreUrl::Memory) => BoxedStore::new(MemoryStore::new()),
        Some(StoreUrl::Redis(url)) => BoxedStore::new(redis::store(url, &config.redis)?),
        Some(StoreUrl::Sqlite(path)) => {
            let durability = match config.sqlite.refresh {
                Confirmed::Committed => Durability::Relaxed,
                Confirmed::OnDisk => Durability::Synchronous,
            };
            let store = SqliteStore::builder(path)
                .with_response_timeout(config.sqlite.response_timeout)
                .with_advance_durability(durability)
                .build();
            BoxedStore::new(store.map_err(|cause| SetupError::Database {
                file: path.clone(),
                cause,
            })?)
        }
    })
}

/// Checks what can be checked of the store without opening a file.
pub(super) fn check(config: &Config) -> Result<(), SetupError> {
    match &config.store {
        None | Some(StoreUrl::Memory | StoreUrl::Sqlite(_)) => Ok(()),
        Some(StoreUrl::Redis(_)) => open(config).map(|_| ()),
    }
}
