//! `store` and `[postgres]`: the store on Postgres.

use std::path::Path;
use std::{env, fs};

use reissue_postgres::PostgresStore;
use zeroize::Zeroizing;

use super::SetupError;
use crate::config::{Confirmed, PostgresKeys, Secret};

/// Returns the store at a URL, with the password of a file or of the environment where the URL has
/// none. Does not connect yet.
pub(super) fn store(url: &Secret, keys: &PostgresKeys) -> Result<PostgresStore, SetupError> {
    let mut builder = PostgresStore::builder(url.expose())
        .with_connections(keys.connections as usize)
        .with_response_timeout(keys.response_timeout);
    if keys.prepared_statements {
        builder = builder.with_prepared_statements();
    }
    if keys.refresh == Confirmed::Committed {
        builder = builder.with_relaxed_refreshes();
    }
    if let Some(timeout) = keys.revocation_within {
        builder = builder.with_durable_revocation(timeout);
    }
    if let Some(file) = &keys.root_certificates {
        builder = builder.with_root_certificates(read(ROOTS, file)?.as_bytes());
    }
    if let Some(file) = &keys.password_file {
        builder = builder.with_password(read(PASSWORD, file)?.trim_end_matches(['\r', '\n']));
    } else if let Ok(password) = env::var("PGPASSWORD") {
        builder = builder.with_password(password);
    }
    builder.build().map_err(|cause| match cause.key() {
        "root certificates" => SetupError::Value {
            path: ROOTS.to_owned(),
            expected: cause.expected().to_owned(),
        },
        _ => SetupError::Store(cause),
    })
}

fn read(path: &str, file: &Path) -> Result<Zeroizing<String>, SetupError> {
    fs::read_to_string(file)
        .map(Zeroizing::new)
        .map_err(|cause| SetupError::KeyFile {
            path: path.to_owned(),
            file: file.to_owned(),
            cause,
        })
}

const PASSWORD: &str = "postgres.password_file";
const ROOTS: &str = "postgres.root_certificates";
