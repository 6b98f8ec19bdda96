//! `store`: where sessions are kept.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use reissue::store::{BoxedStore, MemoryStore};
use reissue_postgres::PostgresStore;
use reissue_redis::RedisStore;
use reissue_sqlite::SqliteStore;
use tracing::{info, warn};

use super::{SetupError, postgres, redis};
use crate::config::{Config, Confirmed, SqliteKeys, StoreUrl};

/// Opens the store of a configuration. Servers need not be reachable yet.
pub(crate) async fn open(config: &Config) -> Result<BoxedStore, SetupError> {
    Ok(match &config.store {
        None | Some(StoreUrl::Memory) => BoxedStore::new(MemoryStore::new()),
        Some(StoreUrl::Postgres(url)) => {
            let store = postgres::store(url, &config.postgres)?;
            migrate(&store).await;
            BoxedStore::new(store)
        }
        Some(StoreUrl::Redis(url)) => BoxedStore::new(redis::store(url, &config.redis)?),
        Some(StoreUrl::Sqlite(path)) => BoxedStore::new(sqlite(path, &config.sqlite)?),
    })
}

/// A store that outlives its processes.
pub(crate) enum LastingStore {
    Postgres(PostgresStore),
    Redis(RedisStore),
    Sqlite(SqliteStore),
}

impl LastingStore {
    /// Opens the store at a URL, with the settings of a configuration; `None` for `memory:`.
    pub(crate) fn open(url: &StoreUrl, config: &Config) -> Result<Option<Self>, SetupError> {
        Ok(Some(match url {
            StoreUrl::Memory => return Ok(None),
            StoreUrl::Postgres(url) => Self::Postgres(postgres::store(url, &config.postgres)?),
            StoreUrl::Redis(url) => Self::Redis(redis::store(url, &config.redis)?),
            StoreUrl::Sqlite(path) => Self::Sqlite(sqlite(path, &config.sqlite)?),
        }))
    }
}

/// Checks what can be checked of the store without opening a file or a connection.
pub(super) fn check(config: &Config) -> Result<(), SetupError> {
    match &config.store {
        None | Some(StoreUrl::Memory | StoreUrl::Sqlite(_)) => Ok(()),
        Some(StoreUrl::Postgres(url)) => postgres::store(url, &config.postgres).map(|_| ()),
        Some(StoreUrl::Redis(url)) => redis::store(url, &config.redis).map(|_| ()),
    }
}

fn sqlite(path: &Path, keys: &SqliteKeys) -> Result<SqliteStore, SetupError> {
    let mut builder = SqliteStore::builder(path).with_response_timeout(keys.response_timeout);
    if keys.refresh == Confirmed::Committed {
        builder = builder.with_relaxed_refreshes();
    }
    builder.build().map_err(|cause| SetupError::Database {
        file: path.to_owned(),
        cause,
    })
}

/// Creates the tables, now or as soon as the server can be reached.
async fn migrate(store: &PostgresStore) {
    let Err(error) = store.migrate().await else {
        return;
    };
    let error: &(dyn Error + 'static) = &error;
    warn!(
        error,
        "store: the tables could not be checked; trying again"
    );
    let store = store.clone();
    tokio::spawn(async move {
        while store.migrate().await.is_err() {
            tokio::time::sleep(BETWEEN_ATTEMPTS).await;
        }
        info!("store: the tables are there");
    });
}

const BETWEEN_ATTEMPTS: Duration = Duration::from_secs(2);
