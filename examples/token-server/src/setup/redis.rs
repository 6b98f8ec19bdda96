//! `store` and `[redis]`: the store on Redis.

use std::path::Path;
use std::{env, fs};

use reissue::ConfigError;
use reissue_redis::RedisStore;
use zeroize::Zeroizing;

use super::SetupError;
use crate::config::{RedisKeys, Secret};

/// Returns the store at a URL, with the user of the environment where the URL names none. Does not
/// connect yet.
pub(super) fn store(url: &Secret, keys: &RedisKeys) -> Result<RedisStore, SetupError> {
    let mut builder = RedisStore::builder(url.expose())
        .with_response_timeout(keys.response_timeout)
        .with_connect_timeout(keys.connect_timeout);
    if keys.revocation_replicas > 0 {
        builder = builder.with_durable_revocation(keys.revocation_replicas, keys.revocation_within);
    }
    if let Some(file) = &keys.root_certificates {
        let roots = read(ROOTS, file)?;
        builder = builder.with_root_certificates(roots.as_slice());
    }
    if let Some(client) = &keys.client_certificate {
        let certificate = read(CLIENT, &client.certificate)?;
        let key = read(CLIENT_KEY, &client.key)?;
        builder = builder.with_client_certificate(certificate.as_slice(), key.as_slice());
    }
    if let Ok(username) = env::var("REDIS_USERNAME") {
        builder = builder.with_username(username);
    }
    if let Ok(password) = env::var("REDIS_PASSWORD") {
        builder = builder.with_password(password);
    }
    builder.build().map_err(|cause| match cause.key() {
        "client certificate" => unusable(CLIENT, &cause),
        "root certificates" => unusable(ROOTS, &cause),
        _ => SetupError::Store(cause),
    })
}

fn read(path: &str, file: &Path) -> Result<Zeroizing<Vec<u8>>, SetupError> {
    fs::read(file)
        .map(Zeroizing::new)
        .map_err(|cause| SetupError::KeyFile {
            path: path.to_owned(),
            file: file.to_owned(),
            cause,
        })
}

fn unusable(path: &str, cause: &ConfigError) -> SetupError {
    SetupError::Value {
        path: path.to_owned(),
        expected: cause.expected().to_owned(),
    }
}

const CLIENT: &str = "redis.client_certificate";
const CLIENT_KEY: &str = "redis.client_key";
const ROOTS: &str = "redis.root_certificates";
