//! `listen`, `issuer`, `data` and `store`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use http::Uri;

use super::document::Node;
use super::error::ConfigError;
use super::secret::Secret;
use super::shown::shown;

pub(super) fn listen(node: &Node<'_>) -> Result<SocketAddr, ConfigError> {
    let text = node.string(LISTEN_EXPECTED)?;
    text.parse()
        .map_err(|_| node.refuse(LISTEN_EXPECTED, shown(text)))
}

/// The issuer identifier of RFC 8414 §2: an `http` or `https` URL without query or fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issuer(String);

impl Issuer {
    /// Returns the URL as it was written: issuers are compared character by character.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether there is a proxy in front: the URL is https, and this server has no TLS.
    pub(super) fn is_behind_a_proxy(&self) -> bool {
        let scheme = self.0.split(':').next();
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
    }

    pub(super) fn read(node: &Node<'_>) -> Result<Self, ConfigError> {
        let text = node.string(ISSUER_EXPECTED)?;
        // The URL itself is not shown: it may contain a password.
        let refuse = |found: &str| Err(node.refuse(ISSUER_EXPECTED, found));
        if text.contains('#') {
            return refuse("a URL with a fragment");
        }
        let Ok(uri) = text.parse::<Uri>() else {
            return refuse("something that is no URL");
        };
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return refuse("a URL without scheme or host");
        };
        if scheme != "http" && scheme != "https" {
            return refuse("a URL of another scheme");
        }
        if authority.as_str().contains('@') {
            return refuse("a URL with user information");
        }
        if authority.host().is_empty() {
            return refuse("a URL without a host");
        }
        if uri.query().is_some() {
            return refuse("a URL with a query");
        }
        Ok(Self(text.to_owned()))
    }
}

/// The place where sessions are kept.
#[derive(Clone, Debug)]
pub(crate) enum StoreUrl {
    /// `memory:`, in this process: sessions end with it.
    Memory,
    /// A URL of Postgres, which may hold a password.
    Postgres(Secret),
    /// A URL of Redis, which may hold a password: one server, Sentinel, or Cluster.
    Redis(Secret),
    /// `sqlite:` and the path of a file.
    Sqlite(PathBuf),
}

impl StoreUrl {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ConfigError> {
        node.string(STORE_EXPECTED)?
            .parse()
            .map_err(|UnknownStore { found }| node.refuse(STORE_EXPECTED, found))
    }

    /// Returns the path of a file, which may be relative to the configuration.
    pub(super) fn path_mut(&mut self) -> Option<&mut PathBuf> {
        match self {
            Self::Memory | Self::Postgres(_) | Self::Redis(_) => None,
            Self::Sqlite(path) => Some(path),
        }
    }
}

impl FromStr for StoreUrl {
    type Err = UnknownStore;

    fn from_str(text: &str) -> Result<Self, UnknownStore> {
        if text == "memory:" {
            return Ok(Self::Memory);
        }
        if let Some(path) = text.strip_prefix("sqlite:")
            && !path.is_empty()
        {
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        // Only the scheme is shown: what follows may hold a password.
        let scheme = text.split_once(':').map(|(scheme, _)| scheme);
        if scheme.is_some_and(|scheme| REDIS_SCHEMES.contains(&scheme)) {
            return Ok(Self::Redis(Secret::new(text)));
        }
        if scheme.is_some_and(|scheme| POSTGRES_SCHEMES.contains(&scheme)) {
            return Ok(Self::Postgres(Secret::new(text)));
        }
        Err(UnknownStore {
            found: match scheme {
                Some("memory") => "something after \"memory:\"".to_owned(),
                Some("sqlite") => "\"sqlite:\" without a path".to_owned(),
                Some(scheme) if is_scheme(scheme) => format!("the scheme {}", shown(scheme)),
                _ => "something without a scheme".to_owned(),
            },
        })
    }
}

/// Reads the folder of what the server makes itself.
pub(super) fn data(node: &Node<'_>) -> Result<PathBuf, ConfigError> {
    node.text("the path of a folder").map(PathBuf::from)
}

/// A URL that is not that of a store.
#[derive(Debug, thiserror::Error)]
#[error("expected {STORE_EXPECTED}; found {found}")]
pub(crate) struct UnknownStore {
    found: String,
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

const ISSUER_EXPECTED: &str = "an http or https URL without query, fragment or user information";
const LISTEN_EXPECTED: &str = "an IP address and port such as \"127.0.0.1:8080\" or \"[::1]:8080\"";
const STORE_EXPECTED: &str = "the URL of a store, such as \"sqlite:sessions.db\", \
    \"postgres://user@host/database\", \"redis://host\", \"redis-sentinel://host,host/master\", \"redis-cluster://host,host\" or \
    \"memory:\"";
const POSTGRES_SCHEMES: [&str; 2] = ["postgres", "postgresql"];
const REDIS_SCHEMES: [&str; 6] = [
    "redis",
    "rediss",
    "redis-cluster",
    "rediss-cluster",
    "redis-sentinel",
    "rediss-sentinel",
];
