//! Files with secrets that others on the machine can read.

use std::path::Path;

use crate::config::{Config, Credential, Password, Source, StoreUrl};

/// Returns a warning for each file with a secret that everybody on the machine can read.
pub(super) fn warnings(file: &Path, config: &Config) -> Vec<String> {
    let mut files: Vec<(String, &Path)> = Vec::new();
    if has_secrets(config) {
        files.push(("the configuration".to_owned(), file));
    }
    let tokens = &config.tokens;
    for (array, keys) in [
        ("signing_keys", &tokens.signing_keys),
        ("seal_keys", &tokens.seal_keys),
    ] {
        for (index, scheduled) in keys.iter().enumerate() {
            if let Source::File(path) = &scheduled.key {
                files.push((format!("tokens.{array}[{index}]"), path));
            }
        }
    }
    if let Some(Source::File(path)) = &tokens.signing_key_passphrase {
        files.push(("tokens.signing_key_passphrase".to_owned(), path));
    }
    if let Some(file) = &config.postgres.password_file {
        files.push(("postgres.password_file".to_owned(), file));
    }
    if let Some(client) = &config.redis.client_certificate {
        files.push(("redis.client_key".to_owned(), &client.key));
    }
    files
        .into_iter()
        .filter(|(_, path)| is_open_to_others(path))
        .map(|(key, path)| {
            let path = path.display();
            format!("{key}: everybody on this machine may read {path}: chmod o= {path}")
        })
        .collect()
}

/// Whether the file itself holds more than hashes.
fn has_secrets(config: &Config) -> bool {
    let tokens = &config.tokens;
    let mut keys = tokens.seal_keys.iter().map(|scheduled| &scheduled.key);
    let mut sources = tokens.signing_key_passphrase.iter().chain(&mut keys);
    let mut clients = config.clients.iter();
    let mut users = config.users.iter();
    sources.any(|source| matches!(source, Source::Inline(_)))
        || matches!(&config.store, Some(StoreUrl::Postgres(url) | StoreUrl::Redis(url)) if url.expose().contains('@'))
        || clients.any(|client| matches!(client.credential, Credential::Plain(_)))
        || users.any(|user| matches!(user.password, Password::Plain(_)))
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    path.metadata().is_ok_and(|data| data.mode() & 0o006 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_path: &Path) -> bool {
    false
}
