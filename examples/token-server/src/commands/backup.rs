//! `backup`: a copy of the database.

use std::error::Error;
use std::process::ExitCode;

use crate::args::BackupOptions;
use crate::config::StoreUrl;
use crate::data::DataFolder;

/// Copies the database that a server with these options uses.
pub(crate) fn backup(options: &BackupOptions) -> Result<ExitCode, Box<dyn Error>> {
    let config = options.server.load()?;
    let database = match config.store {
        None => DataFolder::of(&config).database(),
        Some(StoreUrl::Sqlite(path)) => path,
        Some(StoreUrl::Memory | StoreUrl::Postgres(_) | StoreUrl::Redis(_)) => {
            return Err(Box::new(NoDatabaseError));
        }
    };
    reissue_sqlite::backup(database, &options.copy)?;
    Ok(ExitCode::SUCCESS)
}

/// The store is something else.
#[derive(Debug, thiserror::Error)]
#[error("store: expected a database in a file; others are backed up by their own tools")]
struct NoDatabaseError;
