//! The configuration file, from TOML to a checked [`Config`].
//!
//! Every table is read once, key by key, by the type that it becomes. Each mistake is a
//! [`ConfigError`] that names the key by its full path (`clients[1].policy.grace`, counted from 0),
//! the line, and what was expected. The value of a secret is in no error and no `Debug` output,
//! which is why the messages of the TOML parser, which quote the line, are not passed on.
//!
//! The types here do not use `reissue`: they are what the operator wrote. Defaults that a policy
//! has belong to `reissue`, so a key that was left out is `None`.

mod address;
mod client;
mod colour;
mod document;
mod duration;
mod edit;
mod error;
mod file;
mod login_page;
mod logins;
mod policy;
mod postgres;
mod redirect_uri;
mod redis;
mod schedule;
mod secret;
mod server;
mod shown;
mod source;
mod sqlite;
mod tokens;
mod user;

pub(crate) use self::address::{Issuer, StoreUrl, UnknownStore};
pub(crate) use self::client::{AuthMethod, ClientKeys, Credential};
pub(crate) use self::colour::{Colour, LEAST_CONTRAST};
pub(crate) use self::duration::{Lifetime, parse_duration};
pub(crate) use self::edit::{append_key, replace_algorithm};
pub(crate) use self::error::ConfigError;
pub(crate) use self::file::Config;
pub(crate) use self::login_page::{DARK_CARD, LoginPageKeys};
pub(crate) use self::logins::PeerAddress;
pub(crate) use self::policy::{KeepResponse, OnReuse, PolicyKeys, Preset, Rotation};
pub(crate) use self::postgres::PostgresKeys;
pub(crate) use self::redirect_uri::RedirectUri;
pub(crate) use self::redis::RedisKeys;
pub(crate) use self::schedule::ScheduledKey;
pub(crate) use self::secret::Secret;
pub(crate) use self::source::Source;
pub(crate) use self::sqlite::{Confirmed, SqliteKeys};
pub(crate) use self::tokens::{Algorithm, TokenFormat, TokenKeys};
pub(crate) use self::user::{Password, UserKeys};

#[cfg(test)]
mod tests;
