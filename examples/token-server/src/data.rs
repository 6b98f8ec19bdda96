//! The data folder: what the server makes itself, and finds again when it starts the next time.

use std::path::{Path, PathBuf};
use std::{env, io};

use reissue::key::KeyError;
use zeroize::Zeroizing;

use crate::config::{Algorithm, Config, ScheduledKey, Source, StoreUrl, TokenFormat};
use crate::files::{self, NewFiles, WriteError};
use crate::secrets;
use crate::setup::token_algorithm;

/// The path of the folder, which need not be there.
#[derive(Debug)]
pub(crate) struct DataFolder(PathBuf);

impl DataFolder {
    /// Returns the folder of a configuration: its own, or the one of the environment, or one in the
    /// working directory.
    pub(crate) fn of(config: &Config) -> Self {
        let of_state = || {
            let state = env::var_os("XDG_STATE_HOME").filter(|path| !path.is_empty())?;
            Some(Path::new(&state).join("reissue"))
        };
        let folder = config.data.clone().or_else(of_state);
        Self(folder.unwrap_or_else(|| PathBuf::from("reissue-data")))
    }

    /// Returns the path of the database of sessions.
    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("sessions.db")
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

/// Completes a configuration by what the data folder has: a store and keys, where it names none.
/// Makes what is missing, and returns the folder if it is used.
///
/// With sessions in memory nothing is kept, and nothing is written.
pub(crate) fn complete(config: &mut Config) -> Result<Option<DataFolder>, DataError> {
    let tokens = &config.tokens;
    let is_complete =
        config.store.is_some() && !tokens.seal_keys.is_empty() && !tokens.signing_keys.is_empty();
    if is_complete || matches!(config.store, Some(StoreUrl::Memory)) {
        return Ok(None);
    }
    let data = DataFolder::of(config);
    create_folder(&data.0)?;
    let database = data.database();
    config.store.get_or_insert(StoreUrl::Sqlite(database));
    let tokens = &mut config.tokens;
    if tokens.seal_keys.is_empty() {
        let file = data.0.join("seal.key");
        create_key(&file, secrets::seal_key)?;
        tokens.seal_keys.push(from_now_on(file));
    }
    if tokens.signing_keys.is_empty() {
        let algorithm = token_algorithm(tokens.alg);
        let file = data.0.join(signing_file(tokens.format, tokens.alg));
        match tokens.format {
            TokenFormat::Jwt | TokenFormat::Paseto => {
                create_key(&file, || secrets::signing_key(algorithm))?;
            }
            TokenFormat::PasetoLocal => create_key(&file, secrets::seal_key)?,
        }
        tokens.signing_keys.push(from_now_on(file));
    }
    Ok(Some(data))
}

/// The name of the file with the key of access tokens. Another algorithm has another file.
const fn signing_file(format: TokenFormat, algorithm: Algorithm) -> &'static str {
    match (format, algorithm) {
        (TokenFormat::PasetoLocal, _) => "access.key",
        (_, Algorithm::EdDsa) => "signing-eddsa.pem",
        (_, Algorithm::Es256) => "signing-es256.pem",
        (_, Algorithm::Rs256) => "signing-rs256.pem",
    }
}

fn from_now_on(file: PathBuf) -> ScheduledKey {
    ScheduledKey {
        key: Source::File(file),
        used_from: None,
    }
}

fn create_folder(path: &Path) -> Result<(), DataError> {
    if path.is_dir() {
        return Ok(());
    }
    let mut files = NewFiles::default();
    match files.create_directory(path) {
        // Another server may start at the same time.
        Err(error) if !path.is_dir() => return Err(DataError::Write(error)),
        _ => files.keep(),
    }
    Ok(())
}

/// Makes a key, unless there is one. Two servers that start at the same time get the same.
fn create_key(
    file: &Path,
    key: impl FnOnce() -> Result<Zeroizing<String>, KeyError>,
) -> Result<(), DataError> {
    if file.symlink_metadata().is_ok() {
        return Ok(());
    }
    let key = key().map_err(DataError::Key)?;
    match files::write_once(file, &key) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(DataError::Write(error)),
        _ => Ok(()),
    }
}

/// The data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataError {
    #[error("data: a key cannot be made")]
    Key(#[source] KeyError),
    #[error("data: expected a folder that this server can write to, here or with --data")]
    Write(#[source] WriteError),
}
