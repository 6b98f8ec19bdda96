use std::error::Error as _;

use toml::de::{DeTable, DeValue};

use self::token_server::{Config, ConfigError};
use crate::Outcome;

#[expect(
    dead_code,
    unused_imports,
    reason = "the token server uses what parsing alone does not"
)]
#[path = "../../../examples/token-server/src/config/mod.rs"]
mod token_server;

/// The configuration file of the token server: `bytes` is the file.
///
/// # Panics
///
/// If an error does not say where the file is wrong, or if a secret is in an error or in `Debug`.
#[must_use]
pub fn config(bytes: &[u8]) -> Outcome {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Outcome::Refused;
    };
    let parsed = Config::parse(text);
    let shown = shown(&parsed);
    for secret in secrets(text) {
        assert!(!is_leaked(&secret, &shown, text), "{secret} is in {shown}");
    }
    let Err(error) = parsed else {
        return Outcome::Accepted;
    };
    is_located(&error, text);
    assert!(error.source().is_none());
    Outcome::Refused
}

/// All that anybody could print.
fn shown(parsed: &Result<Config, ConfigError>) -> String {
    match parsed {
        Ok(config) => format!("{config:?}"),
        Err(error) => format!("{error} {error:?}"),
    }
}

/// Messages have words of their own, such as the names of keys. Those are there whatever the secret
/// is.
fn is_leaked(secret: &str, shown_with_it: &str, text: &str) -> bool {
    shown_with_it.contains(secret) && {
        let parsed = Config::parse(&text.replace(secret, "another-secret"));
        !shown(&parsed).contains(secret)
    }
}

fn is_located(error: &ConfigError, text: &str) {
    let (path, line) = match error {
        ConfigError::Conflict { path, line, .. }
        | ConfigError::Missing { path, line, .. }
        | ConfigError::Undecided { path, line, .. }
        | ConfigError::Unknown { path, line, .. }
        | ConfigError::Value { path, line, .. } => (path.as_str(), *line),
        ConfigError::Syntax { line, column, .. } => {
            assert!(*column >= 1);
            ("", *line)
        }
        ConfigError::Read { .. } => panic!("there is no file"),
    };
    let lines = text.split('\n').count();
    assert!((1..=lines).contains(&line), "line {line} of {lines}");
    assert!(error.to_string().starts_with(path));
    assert!(matches!(error, ConfigError::Syntax { .. }) || !path.is_empty());
}

/// What stands under the key of a secret and nowhere else in the file.
fn secrets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    // What can be read of a file that is not TOML counts as well.
    let (document, _) = DeTable::parse_recoverable(text);
    collect(document.get_ref(), &mut found);
    found.retain(|secret| secret.len() >= LONG_ENOUGH && text.matches(secret).count() == 1);
    found
}

fn collect(table: &DeTable<'_>, found: &mut Vec<String>) {
    for (key, value) in table {
        let is_secret = SECRETS.contains(&key.get_ref().as_ref());
        collect_value(value.get_ref(), is_secret, found);
    }
}

fn collect_value(value: &DeValue<'_>, is_secret: bool, found: &mut Vec<String>) {
    match value {
        DeValue::String(text) if is_secret => found.push(text.clone().into_owned()),
        DeValue::Array(items) => {
            for item in items {
                collect_value(item.get_ref(), is_secret, found);
            }
        }
        DeValue::Table(table) => collect(table, found),
        _ => {}
    }
}

const SECRETS: &[&str] = &[
    "key",
    "password",
    "password_argon2",
    "seal_keys",
    "secret",
    "secret_argon2",
    "secret_sha256",
    "signing_key_passphrase",
];

/// Shorter ones may be in a message by accident.
const LONG_ENOUGH: usize = 12;
