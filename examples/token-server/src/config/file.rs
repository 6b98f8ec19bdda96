//! The whole file.

use std::collections::HashMap;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use toml::de::DeTable;
use zeroize::Zeroizing;

use super::address::{self, Issuer, StoreUrl};
use super::client::ClientKeys;
use super::document::{Keys, Node};
use super::error::ConfigError;
use super::login_page::LoginPageKeys;
use super::logins::LoginKeys;
use super::policy::PolicyKeys;
use super::postgres::PostgresKeys;
use super::redis::RedisKeys;
use super::server::ServerKeys;
use super::shown::shown;
use super::sqlite::SqliteKeys;
use super::tokens::TokenKeys;
use super::user::UserKeys;

/// A configuration that has been read and checked.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    /// `None`: `http://` and the address that the server got, which is known once it listens.
    pub(crate) issuer: Option<Issuer>,
    pub(crate) server: ServerKeys,
    /// `None`: a database in the data folder.
    pub(crate) store: Option<StoreUrl>,
    /// The folder of what the server makes itself; `None`: wherever the environment says.
    pub(crate) data: Option<PathBuf>,
    pub(crate) postgres: PostgresKeys,
    pub(crate) redis: RedisKeys,
    pub(crate) sqlite: SqliteKeys,
    pub(crate) tokens: TokenKeys,
    pub(crate) policy: PolicyKeys,
    pub(crate) logins: LoginKeys,
    pub(crate) login_page: LoginPageKeys,
    /// Each `id` occurs once.
    pub(crate) clients: Vec<ClientKeys>,
    /// Each `name` occurs once, and is not the `id` of a client.
    pub(crate) users: Vec<UserKeys>,
}

impl Config {
    /// Returns the demo: clients and users that everybody knows.
    pub(crate) fn demo() -> Result<Self, ConfigError> {
        Self::parse(include_str!("../demo.toml"))
    }

    /// Reads the configuration in a file. Relative paths in it start at its folder.
    pub(crate) fn load(file: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(file).map_err(|cause| ConfigError::Read {
            file: file.to_owned(),
            cause,
        })?;
        Self::parse_in(&Zeroizing::new(text), file)
    }

    /// Reads the configuration in a text that is, or will be, in `file`.
    pub(crate) fn parse_in(text: &str, file: &Path) -> Result<Self, ConfigError> {
        let mut config = Self::parse(text)?;
        if let Some(folder) = file.parent() {
            let logo = config.login_page.logo.iter_mut();
            let store = config.store.iter_mut().filter_map(StoreUrl::path_mut);
            for path in config
                .tokens
                .files()
                .chain(config.redis.files())
                .chain(config.postgres.files())
                .chain(logo)
                .chain(&mut config.data)
                .chain(store)
            {
                *path = folder.join(&*path);
            }
        }
        Ok(config)
    }

    /// Reads the configuration in a text.
    pub(crate) fn parse(text: &str) -> Result<Self, ConfigError> {
        let document = DeTable::parse(text).map_err(|error| ConfigError::syntax(text, &error))?;
        let keys = Keys::root(text, &document, KEYS)?;
        let issuer = keys.read("issuer", Issuer::read)?;
        let logins = keys.read("logins", LoginKeys::read)?.unwrap_or_default();
        if issuer.as_ref().is_some_and(Issuer::is_behind_a_proxy)
            && logins.takes_every_connection_for_a_client()
        {
            return Err(keys.undecided("issuer", "logins.address", ADDRESS_EXPECTED));
        }
        let policy = keys.read("policy", PolicyKeys::read)?.unwrap_or_default();
        let clients = distinct(&keys, "clients", "id", |node| {
            ClientKeys::read(node, &policy).map(|client| (client.id.clone(), client))
        })?;
        Ok(Self {
            listen: keys.read("listen", address::listen)?.unwrap_or(LISTEN),
            issuer,
            server: keys.read("server", ServerKeys::read)?.unwrap_or_default(),
            store: keys.read("store", StoreUrl::read)?,
            data: keys.read("data", address::data)?,
            postgres: keys
                .read("postgres", PostgresKeys::read)?
                .unwrap_or_default(),
            redis: keys.read("redis", RedisKeys::read)?.unwrap_or_default(),
            sqlite: keys.read("sqlite", SqliteKeys::read)?.unwrap_or_default(),
            tokens: keys.read("tokens", TokenKeys::read)?.unwrap_or_default(),
            logins,
            login_page: keys
                .read("login_page", LoginPageKeys::read)?
                .unwrap_or_default(),
            users: distinct(&keys, "users", "name", |node| {
                let user = UserKeys::read(node)?;
                check_is_no_client(node, &user, &clients)?;
                Ok((user.name.clone(), user))
            })?,
            clients,
            policy,
        })
    }
}

/// Checks that a user is not named as a client: the tokens of both have this name in `sub` (RFC
/// 9068 §5).
fn check_is_no_client(
    node: &Node<'_>,
    user: &UserKeys,
    clients: &[ClientKeys],
) -> Result<(), ConfigError> {
    match clients.iter().position(|client| client.id == user.name) {
        None => Ok(()),
        Some(index) => Err(node.conflict(format!(
            "clients[{index}] is called {}, too: with its own tokens the client would pass for the \
             user",
            shown(&user.name)
        ))),
    }
}

/// Reads an array of tables of which no two have the same name.
fn distinct<T>(
    keys: &Keys<'_>,
    array: &'static str,
    name_key: &'static str,
    mut read: impl FnMut(&Node<'_>) -> Result<(String, T), ConfigError>,
) -> Result<Vec<T>, ConfigError> {
    let mut seen = HashMap::new();
    let mut index = 0..;
    keys.read_each(array, |node| {
        let (name, value) = read(node)?;
        let position = index.next().unwrap_or(usize::MAX);
        match seen.insert(name.clone(), position) {
            None => Ok(value),
            Some(earlier) => Err(node.conflict(format!(
                "{array}[{earlier}] has the same {name_key}, {}",
                shown(&name)
            ))),
        }
    })
}

pub(super) const KEYS: &[&str] = &[
    "listen",
    "issuer",
    "store",
    "data",
    "server",
    "redis",
    "postgres",
    "sqlite",
    "tokens",
    "policy",
    "logins",
    "login_page",
    "clients",
    "users",
];

const ADDRESS_EXPECTED: &str = "\"x-forwarded-for\", if the proxy in front appends its client to \
    that header, or \"connection\", because issuer is https: clients come through a proxy, whose \
    address everybody would have";

const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
